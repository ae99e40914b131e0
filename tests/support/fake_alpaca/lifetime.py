"""When the server ends: with its parent, with its standard input, or when asked."""

import asyncio
import os
import signal
import stat


async def until_told(parent):
    """Returns when the process should end. `parent` is the process that started it."""
    done = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, done.set)
    mode = os.fstat(0).st_mode
    if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode):
        loop.add_reader(0, lambda: done.set() if _closed() else None)
    while not done.is_set() and os.getppid() == parent:
        try:
            await asyncio.wait_for(done.wait(), 0.5)
        except asyncio.TimeoutError:
            continue


def _closed():
    try:
        return not os.read(0, 4096)
    except OSError:
        return True
