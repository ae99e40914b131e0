"""The stream of order updates: JSON objects in binary frames, as paper accounts get them."""

import asyncio
import json

from aiohttp import web

from .authorization import header_keys
from .connection import Connection
from .errors import Refusal
from .faults import AUTHENTICATE, UPDATE


class UpdateStream:
    """`tell` never waits: each connection has a queue and a task that empties it in order."""

    def __init__(self, world):
        self.world, self.connections, self._queues = world, [], {}

    def routes(self):
        return [web.get("/stream", self.serve)]

    async def serve(self, request):
        if request.headers.get("Upgrade", "").lower() != "websocket":
            raise Refusal(400, "Bad Request\n", "text/plain")
        connection = Connection("trading", request, binary=True)
        await connection.prepare()
        request["entry"]["status"] = 101
        self.connections.append(connection)
        self._queues[connection.id] = queue = asyncio.Queue()
        sender = asyncio.ensure_future(self._deliver(connection, queue))
        try:
            if header_keys(request) != (None, None):
                await self._authenticate(connection, "authenticate", header_keys(request))
            async for text in connection.messages():
                await self._obey(connection, text)
        finally:
            sender.cancel()
            await asyncio.gather(sender, return_exceptions=True)
            del self._queues[connection.id]
        return connection.socket

    async def _obey(self, connection, text):
        try:
            message = json.loads(text)
            action, data = message["action"], message.get("data") or {}
        except (ValueError, KeyError, TypeError):
            connection.received.append("(not understood)")
            return
        connection.received.append({"action": action, **({"data": data} if action == "listen" else {})})
        if action in ("authenticate", "auth"):
            keys = (data.get("key_id"), data.get("secret_key")) if data else (message.get("key"), message.get("secret"))
            await self._authenticate(connection, action, keys)
        elif action == "listen":
            await self._listen(connection, data.get("streams", []))

    async def _authenticate(self, connection, action, keys):
        fault = self.world.faults.take(AUTHENTICATE, {"stream": "trading"})
        kind = fault.kind if fault else ""
        if kind == "auth_silent":
            return
        if kind == "auth_slow":
            await asyncio.sleep(fault.get("seconds", 5))
        connection.authenticated = kind != "auth_error" and keys == self.world.keys
        await _authorization(connection, action)
        if fault and fault.get("close"):
            await connection.close()

    async def _listen(self, connection, streams):
        if not connection.authenticated:
            await _authorization(connection, "listen")
            return
        connection.subscriptions = {name: [] for name in streams if name == "trade_updates"}
        await connection.send(json.dumps({"stream": "listening", "data": {"streams": list(connection.subscriptions)}}))

    def tell(self, update):
        for connection in self.connections:
            if connection.open and "trade_updates" in connection.subscriptions:
                self._queues[connection.id].put_nowait(json.dumps(update))

    async def _deliver(self, connection, queue):
        while True:
            text = await queue.get()
            fault = self.world.faults.take(UPDATE, {"stream": "trading"})
            kind = fault.kind if fault else ""
            if kind == "missing_update" or (fault and await connection.misbehave(fault)):
                continue
            if kind == "late_update":
                self._send_later(connection, text, fault.get("seconds", 5))
                continue
            if kind == "null_data":
                await connection.send('{"stream":"trade_updates","data":null}')
            await connection.send(text, binary=kind != "text_frame")
            if kind == "duplicate_update":
                await connection.send(text)

    def _send_later(self, connection, text, seconds):
        """After that many seconds of the market's clock; others overtake it."""
        asyncio.get_running_loop().call_later(
            seconds / max(1, self.world.clock.speed), lambda: asyncio.ensure_future(connection.send(text)))

    def reset(self):
        self.connections = [c for c in self.connections if c.open]
        for connection in self.connections:
            connection.received.clear()


async def _authorization(connection, action):
    status = "authorized" if connection.authenticated else "unauthorized"
    await connection.send(json.dumps({"stream": "authorization", "data": {"status": status, "action": action}}))
