"""Serve one peer under uvicorn, all with the same flags: `serve.py MODULE:FUNCTION PLACE`; prints its port."""

import asyncio
import importlib
import sys
from pathlib import Path

import uvicorn
import uvloop

sys.path.insert(0, str(Path(__file__).parents[1]))

from peers.place import Place


class _Server(uvicorn.Server):
    async def startup(self, sockets: object = None) -> None:
        await super().startup(None)
        print(self.servers[0].sockets[0].getsockname()[1], flush=True)


async def serve(name: str, place: Place) -> None:
    """Serve until a signal comes."""
    module, _, function = name.partition(":")
    async with getattr(importlib.import_module(module), function)(place) as application:
        config = uvicorn.Config(
            application, port=0, http="httptools", lifespan="off", access_log=False, log_config=None
        )
        await _Server(config).serve()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(sys.argv[1], Place.loads(sys.argv[2])))
