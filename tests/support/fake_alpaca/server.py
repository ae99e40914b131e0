"""Puts the server together, says where it listens and waits for its end."""

import asyncio
import json
import os
import socket
import sys

from aiohttp import web

from .bar_stream import BarStream
from .broker import Broker
from .certificates import tls_context
from .connection import keep_pinging
from .control import Control
from .data_api import DataApi
from .front_door import FrontDoor, nowhere
from .lifetime import until_told
from .options import DEFAULT_KEYS, parser, read_candles, read_keys, start_clock
from .trading_api import TradingApi
from .update_stream import UpdateStream
from .world import World


def make_world(options):
    """The world of a command line; ValueError or OSError when its files do not do."""
    candles = read_candles(options)
    world = World(options, read_keys(options), candles, start_clock(options, candles))
    if options.faults:
        world.initial_faults = json.loads(options.faults.read_text())
        world.reset()
    for series in candles.values():
        if not options.cold:
            series.encode()
    return world


def make_application(world):
    world.bar_stream, world.update_stream = BarStream(world), UpdateStream(world)
    world.broker = Broker(world, _later, world.update_stream.tell)
    door = FrontDoor(world)
    application = web.Application(middlewares=[door.middleware], client_max_size=16 << 20)
    application.on_response_prepare.append(door.on_prepare)
    for part in (DataApi(world), TradingApi(world), world.bar_stream, world.update_stream, Control(world)):
        application.add_routes(part.routes())
    application.router.add_route("*", "/{rest:.*}", nowhere)
    return application


def _later(seconds, function):
    loop = asyncio.get_running_loop()
    if seconds:
        loop.call_later(seconds, function)
    else:
        loop.call_soon(function)


def addresses(port, options, world):
    tls = options.tls is not None
    web_base, socket_base = (f"{scheme}://127.0.0.1:{port}" for scheme in (("https", "wss") if tls else ("http", "ws")))
    own = world.keys == DEFAULT_KEYS
    return {"rest": web_base, "stream": socket_base, "trading_stream": f"{socket_base}/stream",
            "control": f"{web_base}/_control", "key": world.keys[0] if own else None,
            "secret": world.keys[1] if own else None, "ca": str((options.tls / "ca.pem").resolve()) if tls else None,
            "pid": os.getpid()}


async def serve(options, world, announce, parent):
    """Serves until told to end; `announce` is given the addresses once they answer."""
    runner = web.AppRunner(make_application(world), access_log=None)
    await runner.setup()
    listener = socket.create_server(("127.0.0.1", options.port), backlog=128)
    context = tls_context(options.tls) if options.tls else None
    await web.SockSite(runner, listener, ssl_context=context, shutdown_timeout=0.2).start()
    connections = lambda: world.bar_stream.connections + world.update_stream.connections
    tasks = [asyncio.ensure_future(world.run_clock()),
             asyncio.ensure_future(keep_pinging(connections, options.ping_seconds, world.clock))]
    announce(addresses(listener.getsockname()[1], options, world))
    await until_told(parent)
    for task in tasks:
        task.cancel()
    for connection in connections():
        connection.cut()
    await runner.cleanup()


def announce_json(found):
    print(json.dumps(found, separators=(",", ":")), flush=True)


def main(arguments, announce=announce_json):
    parent = os.getppid()
    options = parser().parse_args(arguments)
    try:
        world = make_world(options)
        asyncio.run(serve(options, world, announce, parent))
    except (ValueError, OSError, RuntimeError) as problem:
        print(f"fake-alpaca: {problem}", file=sys.stderr)
        return 1
    return 0
