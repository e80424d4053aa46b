"""Connections that never came to be."""

import asyncio
import gc


async def collect_connections() -> None:
    """Let them go while there is a loop: the AMQP library closes a connection when it is collected, which needs one."""
    gc.collect()
    await asyncio.sleep(0)
