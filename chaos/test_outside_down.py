"""Brokers and a mail server that are away for longer than any single attempt lasts."""

import asyncio
import time
from contextlib import ExitStack

from chaos.books import Books, balance
from chaos.conftest import Say
from chaos.customers import Customers
from chaos.outside import LONGEST_ATTEMPT_SECONDS, NATS, VALKEY
from chaos.processes import Workers
from chaos.servers import valkey
from chaos.service import KINDS
from e2e.outside import MailServer, alive, nats

OUTAGES = 2
WORK_SECONDS = 3.0
AWAY_SECONDS = LONGEST_ATTEMPT_SECONDS + 2.0
HEARD = (*KINDS, NATS, VALKEY)


async def test_everything_outside_is_down(staff: Workers, customers: Customers, books: Books, say: Say) -> None:
    """What needs none of it goes on; what needs it happens afterwards, once."""
    began, mail = time.monotonic(), MailServer()
    with ExitStack() as stack:
        brokers = stack.enter_context(nats()), stack.enter_context(valkey())
        stack.enter_context(alive(mail))
        addresses = (f"nats://127.0.0.1:{brokers[0].port}", f"redis://127.0.0.1:{brokers[1].port}")
        await staff.ready("--nats", addresses[0], "--valkey", addresses[1], "--smtp", str(mail.port), count=2)
        async with customers.busy():
            for _ in range(OUTAGES):
                await asyncio.sleep(WORK_SECONDS)
                for one in (*brokers, mail):
                    one.stop()
                await asyncio.sleep(AWAY_SECONDS)
                for one in (*brokers, mail):
                    one.start()
            await asyncio.sleep(WORK_SECONDS)
        settled = await books.settle(HEARD)
        found = await books.balance(HEARD)
        letters = [str(letter["Message-ID"]) for letter in mail.mails]
        written = balance([f"<{number}@chaos.example>" for number in await books.coins()], letters)
    say(
        f"NATS, Valkey and SMTP down for {AWAY_SECONDS:.0f} s: {OUTAGES} times; events {found}; letters {written}; "
        f"settled {settled:.0f} s after ({time.monotonic() - began:.0f} s)"
    )
    assert (found.lost, found.doubled, written.lost, written.doubled) == (0, 0, 0, 0)
    assert (await books.failed_jobs(), await books.set_aside()) == (0, 0)
