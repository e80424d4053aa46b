"""Registration: whatever does not fit is found at start-up, all of it at once."""

from typing import Any

import pytest

from colonnade.application import PUBLIC, Caller, Context, Handlers, LocalBus, Query, RegistrationError
from colonnade.application.messaging import StaticResolver
from colonnade.core import Clock, SystemClock

from .fakes import Forget, Greet, Me, Rename


async def faults_of(handlers: Handlers, *messages: type[Any]) -> tuple[str, ...]:
    """Return what keeps a bus with these handlers from starting."""
    with pytest.raises(RegistrationError) as refused:
        await LocalBus.start(handlers=[handlers], resolver=StaticResolver({Clock: SystemClock()}), messages=messages)
    assert all(fault in str(refused.value) for fault in refused.value.faults)
    return refused.value.faults


async def test_a_message_without_a_handler_is_named() -> None:
    """With its wire name, and with what to write."""
    (fault,) = await faults_of(Handlers(), Greet)

    assert fault.startswith("Greet (tests.greet) has no handler: decorate one with @handlers.handles(Greet)")


async def test_a_message_with_two_handlers_is_named() -> None:
    """With both handlers, one of which has to go."""
    handlers = Handlers()

    @handlers.handles(Greet)
    async def greet(query: Greet) -> str:
        return "hello"

    @handlers.handles(Greet)
    async def greet_again(query: Greet) -> str:
        return "hello again"

    (fault,) = await faults_of(handlers)

    assert fault.startswith("Greet has two handlers")
    assert "greet" in fault
    assert "greet_again" in fault
    assert fault.endswith("drop one")


async def test_a_second_handler_in_another_module_is_one_too_many() -> None:
    """Modules cannot override each other."""
    one, other = Handlers(), Handlers()

    async def greet(query: Greet) -> str:
        return "hello"

    one.handles(Greet)(greet)
    other.handles(Greet)(greet)

    with pytest.raises(RegistrationError, match="two handlers"):
        await LocalBus.start(handlers=[one, other], resolver=StaticResolver({}))


async def test_a_dependency_that_nothing_provides_is_named() -> None:
    """With what to do."""
    handlers = Handlers()

    @handlers.handles(Greet)
    async def greet(query: Greet, clock: Clock, letters: StaticResolver) -> str:
        return "hello"

    (fault,) = await faults_of(handlers)

    assert "greet asks for StaticResolver, which nothing provides: add a provider of it to the container" in fault


async def test_a_parameter_without_a_type_is_named() -> None:
    """Nothing can be injected into it."""
    handlers = Handlers()

    @handlers.handles(Greet)
    async def greet(query: Greet, clock) -> str:  # type: ignore[no-untyped-def]  # the fault
        return "hello"

    (fault,) = await faults_of(handlers)

    assert fault.endswith("parameter 'clock' has no type, so nothing can be injected: annotate it")


async def test_a_handler_that_is_not_async_is_named() -> None:
    """It would block everybody else."""
    handlers = Handlers()

    @handlers.handles(Greet)  # type: ignore[arg-type]  # the fault
    def greet(query: Greet) -> str:
        return "hello"

    (fault,) = await faults_of(handlers)

    assert fault.endswith("greet is not an async function: write 'async def'")


async def test_the_handler_of_a_public_message_cannot_ask_for_the_caller() -> None:
    """There may be none; the context says whether there is."""
    handlers = Handlers()

    @handlers.handles(Greet)
    async def greet(query: Greet, caller: Caller) -> str:
        return "hello"

    (fault,) = await faults_of(handlers)

    assert fault.endswith("greet asks for the Caller, but Greet may have none: ask for the Context instead")


async def test_caller_and_context_need_no_provider() -> None:
    """They come with every message."""
    handlers = Handlers()

    @handlers.handles(Me)
    async def me(query: Me, caller: Caller, context: Context) -> str:
        return str(caller.user_id)

    await LocalBus.start(handlers=[handlers], resolver=StaticResolver({}), messages=[Me])


async def test_all_faults_are_listed_at_once() -> None:
    """Whoever mends them starts the service once more, not once for each."""
    handlers = Handlers()

    @handlers.handles(Greet)  # type: ignore[arg-type]  # one of the faults
    def greet(query: Greet, caller: Caller, clock, resolver: StaticResolver) -> str:  # type: ignore[no-untyped-def]  # a fault
        return "hello"

    @handlers.handles(Me)
    async def me(query: Me) -> str:
        return "me"

    @handlers.handles(Me)
    async def me_too(query: Me) -> str:
        return "me too"

    faults = await faults_of(handlers, Greet, Me, Rename, Forget)

    assert len(faults) == 7
    for part in (
        "not an async",
        "'clock' has no type",
        "StaticResolver",
        "Greet may have none",
        "two handlers",
        "Rename",
        "Forget",
    ):
        assert any(part in fault for fault in faults), part


async def test_a_handler_that_takes_no_message_is_a_fault_too() -> None:
    """It is listed with the others."""
    handlers = Handlers()

    @handlers.handles(Greet)
    async def greet() -> str:
        return "hello"

    (fault,) = await faults_of(handlers)

    assert "greet" in fault


async def test_a_parameter_by_name_only_is_named() -> None:
    """The bus gives what it injects by place, and a bus that starts can call its handlers."""
    handlers = Handlers()

    @handlers.handles(Greet)
    async def greet(query: Greet, *, clock: Clock) -> str:
        return str(clock.now().year)

    (fault,) = await faults_of(handlers)

    assert "clock" in fault


def test_the_error_lists_its_faults() -> None:
    """As data, and as a text for whoever starts the service."""
    error = RegistrationError(["one", "two"])

    assert error.faults == ("one", "two")
    assert str(error) == "the bus cannot start:\n- one\n- two"


async def test_a_message_nobody_registered_is_refused_when_it_is_sent() -> None:
    """By its name."""

    class Unknown(Query[str], name="tests.unknown", requires=PUBLIC):
        """Known to nobody."""

    bus = await LocalBus.start(handlers=[], resolver=StaticResolver({}))

    with pytest.raises(RegistrationError, match="Unknown has no handler"):
        await bus.send(Unknown())
