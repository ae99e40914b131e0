"""One WebSocket connection, and the ways it may misbehave."""

import asyncio
import itertools
import time

from aiohttp import WSCloseCode, WSMsgType, web

from . import packed
from .http_faults import drop

_SLOW_CLIENT_S = 10
_numbers = itertools.count(1)


class Connection:
    """Sends and counts. Silence swallows what is sent meanwhile; a cut shows the client no close frame."""

    def __init__(self, stream, request, binary=False, msgpack=False):
        self.id, self.stream, self.binary, self.msgpack = next(_numbers), stream, binary, msgpack
        self.authenticated, self.subscriptions, self.received = False, {}, []
        self.sent = self.pongs = 0
        self.socket = web.WebSocketResponse(autoping=False, compress=False)
        self._request = request
        self._silent_until, self._pong = 0.0, True

    @property
    def open(self):
        return self.socket.prepared and not self.socket.closed and self._request.transport is not None

    @property
    def silent(self):
        return time.monotonic() < self._silent_until

    async def prepare(self):
        await self.socket.prepare(self._request)

    async def messages(self):
        """The client's texts until it goes away; pings are answered here."""
        async for message in self.socket:
            if message.type == WSMsgType.PING:
                if self._pong or not self.silent:
                    await self.socket.pong(message.data)
            elif message.type == WSMsgType.PONG:
                self.pongs += 1
            elif message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                packed_here = self.msgpack and message.type == WSMsgType.BINARY
                yield packed.unpack(message.data) if packed_here else message.data

    async def send(self, text, pieces=1, binary=None):
        """One message; in `pieces` frames. A client that does not read is dropped."""
        if not self.open or self.silent:
            return
        self.sent += 1
        as_bytes = self.binary if binary is None else binary
        frame, as_bytes = self._frame(text, as_bytes)
        try:
            if pieces > 1:
                self._send_fragments(frame, pieces, as_bytes)
            else:
                sending = self.socket.send_bytes(frame) if as_bytes else self.socket.send_str(text)
                await asyncio.wait_for(sending, _SLOW_CLIENT_S)
        except asyncio.TimeoutError:
            self.cut()
        except (ConnectionError, RuntimeError):
            pass  # it has gone; the reader notices

    def _frame(self, text, as_bytes):
        """What goes over the wire, and whether in binary frames. Text that is no JSON goes as it is."""
        if self.msgpack:
            try:
                return packed.pack(text), True
            except ValueError:
                pass
        return text.encode(), as_bytes

    def _send_fragments(self, payload, pieces, binary):
        step = max(1, -(-len(payload) // pieces))
        parts = [payload[i:i + step] for i in range(0, len(payload), step)]
        for i, part in enumerate(parts):
            opcode = (2 if binary else 1) if i == 0 else 0
            final = 0x80 if i == len(parts) - 1 else 0
            size = bytes([len(part)]) if len(part) < 126 else bytes([126]) + len(part).to_bytes(2, "big")
            self._request.transport.write(bytes([final | opcode]) + size + part)

    async def ping(self):
        if self.open and not self.silent:
            try:
                await self.socket.ping()
            except (ConnectionError, RuntimeError):
                pass

    async def close(self, code=WSCloseCode.OK):
        if self.open:
            # Not socket.close(): that waits for the client, and the reader is waiting already.
            await self.socket._writer.close(code)  # pylint: disable=protected-access
            asyncio.get_running_loop().call_later(2, self.cut)

    def cut(self):
        """Gone, as when a network cable is pulled and the kernel notices."""
        drop(self._request, reset=False)

    def silence(self, seconds=None, pong=True):
        self._silent_until, self._pong = time.monotonic() + (seconds or 1e9), pong

    def resume(self):
        self._silent_until = 0.0

    async def misbehave(self, fault):
        """Faults that both streams have; True when the message is lost with them."""
        kind = fault.kind
        if kind == "cut":
            self.cut()
        elif kind == "close_frame":
            await self.close(fault.get("code", 1011))
        elif kind == "silence":
            self.silence(fault.get("seconds"), fault.get("pong", True))
        elif kind == "garbage":
            await self.send(fault.get("text", '[{"T":"b",'))
        else:
            return False
        return True

    def to_json(self):
        return {"id": self.id, "stream": self.stream, "open": self.open, "authenticated": self.authenticated,
                "subscriptions": {name: sorted(symbols) for name, symbols in self.subscriptions.items()},
                "received": self.received, "sent": self.sent, "pongs": self.pongs}


async def keep_pinging(connections, every, clock):
    """Pings all `connections()` for ever, `every` seconds, of the market's where that runs faster."""
    while every:
        await asyncio.sleep(every / max(1, clock.speed))
        for connection in connections():
            await connection.ping()
