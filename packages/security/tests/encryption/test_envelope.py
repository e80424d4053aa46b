"""Data keys are wrapped by a file's, a variable's or a service's key, and go over from one to the next."""

from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path

import boto3  # type: ignore[import-untyped]
import pytest
from moto.server import ThreadedMotoServer

from colonnade.core import Invalid, Unavailable
from colonnade.security.encryption import DataKey, Envelope, KeyEncryptionKey, KeyMissing, KeyRefused, LocalKey
from colonnade.security.encryption.aws_kms import AwsKms

MakeKek = Callable[[], KeyEncryptionKey]


@pytest.fixture(scope="session")
def kms_endpoint() -> Iterator[str]:
    """The URL of a key management service."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def kms(kms_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[], AwsKms]:
    """Makes keys in the service."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    def make() -> AwsKms:
        client = boto3.client("kms", region_name="eu-central-1", endpoint_url=kms_endpoint)
        key = client.create_key()["KeyMetadata"]["KeyId"]
        client.close()
        return AwsKms(key, region="eu-central-1", endpoint=kms_endpoint)

    return make


@pytest.fixture(params=["local", "kms"])
def make_kek(request: pytest.FixtureRequest) -> MakeKek:
    """Makes key-encryption keys, of each kind in turn."""
    if request.param == "kms":
        make: MakeKek = request.getfixturevalue("kms")
        return make
    return lambda: LocalKey(DataKey.generate().secret)


async def test_a_wrapped_key_comes_back(make_kek: MakeKek) -> None:
    envelope, key = Envelope(make_kek()), DataKey.generate()
    wrapped = await envelope.wrap(key)
    assert key.secret not in wrapped.wrapped
    assert (await envelope.unwrap(wrapped)).secret == key.secret


async def test_a_wrapped_key_cannot_be_renamed(make_kek: MakeKek) -> None:
    """Nor put in the place of another one."""
    envelope = Envelope(make_kek())
    one, other = await envelope.wrap(DataKey.generate()), await envelope.wrap(DataKey.generate())
    with pytest.raises(KeyRefused):
        await envelope.unwrap(one._replace(wrapped=other.wrapped))


async def test_a_wrapped_key_cannot_be_altered(make_kek: MakeKek) -> None:
    envelope = Envelope(make_kek())
    wrapped = await envelope.wrap(DataKey.generate())
    altered = wrapped.wrapped[:-1] + bytes([wrapped.wrapped[-1] ^ 1])
    with pytest.raises(KeyRefused):
        await envelope.unwrap(wrapped._replace(wrapped=altered))


async def test_another_key_does_not_open_it(make_kek: MakeKek) -> None:
    one, other = make_kek(), make_kek()
    wrapped = await Envelope(one).wrap(DataKey.generate())
    with pytest.raises(KeyRefused):
        await Envelope(other).unwrap(wrapped._replace(kek=other.key_id))


async def test_what_a_former_key_wrapped_is_opened_and_wrapped_anew(make_kek: MakeKek) -> None:
    """Then the former key is not needed any more."""
    former, current, key = make_kek(), make_kek(), DataKey.generate()
    wrapped = await Envelope(former).wrap(key)
    both = Envelope(current, [former])
    assert (await both.unwrap(wrapped)).secret == key.secret
    anew = await both.rewrap(wrapped)
    assert anew.kek == current.key_id
    assert (await Envelope(current).unwrap(anew)).secret == key.secret
    with pytest.raises(KeyMissing):
        await Envelope(current).unwrap(wrapped)


async def test_no_key_shows_itself(make_kek: MakeKek) -> None:
    kek = make_kek()
    assert repr(kek) == f"{type(kek).__name__}(key_id={kek.key_id!r})"


async def test_a_service_that_does_not_answer_may_be_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    nobody = AwsKms("key", region="eu-central-1", endpoint="http://127.0.0.1:1", timeout_seconds=1)
    with pytest.raises(Unavailable):
        await nobody.wrap(b"k" * 32, "data key 1")


async def test_a_service_without_the_key_refuses(kms: Callable[[], AwsKms], kms_endpoint: str) -> None:
    kms()
    stranger = AwsKms("11111111-2222-3333-4444-555555555555", region="eu-central-1", endpoint=kms_endpoint)
    with pytest.raises(KeyRefused) as refused:
        await stranger.wrap(b"k" * 32, "data key 1")
    assert refused.value.facts["code"] == "NotFoundException"


async def test_a_key_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "kek"
    first, again = await LocalKey.from_file(path), await LocalKey.from_file(path)
    assert first.key_id == again.key_id
    assert path.stat().st_mode & 0o777 == 0o600
    assert (await again.unwrap(await first.wrap(b"k", "n"), "n")) == b"k"


@pytest.mark.parametrize("text", ["", "short", b64encode(b"k" * 31).decode(), "ü" * 44])
async def test_a_file_or_variable_with_something_else_is_refused_without_showing_it(tmp_path: Path, text: str) -> None:
    path = tmp_path / "kek"
    path.write_text(text, "utf-8")
    with pytest.raises(Invalid) as in_file:
        await LocalKey.from_file(path)
    with pytest.raises(Invalid) as in_variable:
        LocalKey.from_environment("THE_KEK", {"THE_KEK": text})
    assert not text or text not in in_file.value.message + in_variable.value.message


def test_a_variable_holds_the_key_in_base64() -> None:
    text = b64encode(b"k" * 32).decode()
    assert LocalKey.from_environment("THE_KEK", {"THE_KEK": f"{text}\n"}).key_id == LocalKey(b"k" * 32).key_id
    with pytest.raises(Invalid, match="THE_KEK"):
        LocalKey.from_environment("THE_KEK", {})
