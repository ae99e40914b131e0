"""The stream of minute bars: greeting, authentication, subscriptions."""

import asyncio
import json

from aiohttp import web

from . import packed
from .authorization import header_keys
from .candles import bar_item, bar_text
from .connection import Connection
from .data_api import LOCATIONS, SYMBOL
from .delivery import Delivery
from .errors import Refusal, error_text
from .faults import AUTHENTICATE, CONNECT, SUBSCRIBE
from .times import SECOND, time_text

CHANNELS = ("trades", "quotes", "orderbooks", "bars", "updatedBars", "dailyBars")
_TRADES_AND_QUOTES = 30


class BarStream:
    def __init__(self, world):
        self.world, self.connections, self._deliveries = world, [], {}

    def routes(self):
        return [web.get(f"/v1beta3/crypto/{location}", self.serve) for location in LOCATIONS]

    async def serve(self, request):
        if request.headers.get("Upgrade", "").lower() != "websocket":
            raise Refusal(400, "Bad Request\n", "text/plain")
        msgpack = "msgpack" in request.headers.get("Content-Type", "")
        if msgpack and not packed.spoken:
            raise Refusal(400, "MessagePack needs python3-msgpack here\n", "text/plain")
        connection = Connection("data", request, msgpack=msgpack)
        await connection.prepare()
        request["entry"]["status"] = 101
        self.connections.append(connection)
        self._deliveries[connection.id] = Delivery(self.world, connection)
        late = asyncio.get_running_loop().call_later(
            self.world.options.auth_seconds, lambda: asyncio.ensure_future(self._too_late(connection)))
        try:
            await self._converse(connection, request)
        finally:
            late.cancel()
            connection.authenticated = False
        return connection.socket

    async def _converse(self, connection, request):
        if not self.world.faults.take(CONNECT, {"stream": "data"}):
            await connection.send('[{"T":"success","msg":"connected"}]')
        if header_keys(request) != (None, None):
            await self._authenticate(connection, header_keys(request))
        async for text in connection.messages():
            await self._obey(connection, text)

    async def _too_late(self, connection):
        if not connection.authenticated:
            await connection.send(error_text(404))
            await connection.close()

    async def _obey(self, connection, text):
        message = _object(text)
        action = message.get("action")
        connection.received.append(_masked(message) if message else "(not a JSON object)")
        if action == "auth":
            await self._authenticate(connection, (message.get("key"), message.get("secret")))
        elif action not in ("subscribe", "unsubscribe"):
            await connection.send(error_text(400))
        elif not connection.authenticated:
            await connection.send(error_text(401))
        else:
            await self._subscribe(connection, action, message)

    async def _authenticate(self, connection, keys):
        fault = self.world.faults.take(AUTHENTICATE, {"stream": "data"})
        kind = fault.kind if fault else ""
        if kind == "auth_silent":
            return
        if kind == "auth_slow":
            await asyncio.sleep(fault.get("seconds", 5))
        if kind == "auth_error":
            await self._refuse(connection, fault, 402)
            return
        if connection.authenticated:
            await connection.send(error_text(403))
        elif keys != self.world.keys:
            await connection.send(error_text(402))
        elif sum(c.authenticated and c.open for c in self.connections) >= self.world.options.connection_limit:
            await connection.send(error_text(406))
        else:
            connection.authenticated = True
            await connection.send('[{"T":"success","msg":"authenticated"}]')

    async def _refuse(self, connection, fault, code):
        await connection.send(error_text(fault.get("code", code), fault.get("msg")))
        if fault.get("close", False):
            await connection.close()

    async def _subscribe(self, connection, action, message):
        wanted = {name: value for name, value in message.items() if name != "action"}
        fault = self.world.faults.take(SUBSCRIBE, {"stream": "data"}) if action == "subscribe" else None
        if fault and fault.kind == "subscribe_error":
            await self._refuse(connection, fault, 405)
            return
        if not wanted or not all(_is_symbols(name, value) for name, value in wanted.items()):
            await connection.send(error_text(400))
            return
        state = {name: set(connection.subscriptions.get(name, ())) for name in CHANNELS}
        for name, symbols in wanted.items():
            if action == "unsubscribe":
                state[name] -= set(symbols)
            elif not (fault and fault.kind == "ack_drop_symbol"):
                state[name] |= set(symbols)
        if len(state["trades"]) + len(state["quotes"]) > _TRADES_AND_QUOTES:
            await connection.send(error_text(405))
            return
        connection.subscriptions = state
        await self._acknowledge(connection, bool(fault and fault.kind == "ack_missing_keys"))

    async def _acknowledge(self, connection, leave_out_empty):
        state = {name: sorted(symbols) for name, symbols in connection.subscriptions.items()
                 if symbols or not leave_out_empty}
        await connection.send(json.dumps([{"T": "subscription", **state}]))

    async def publish(self, bars):
        """Sends the minute bars that closed at one moment: (end, symbol, opening, bar)."""
        if not any(c.authenticated for c in self.connections):
            return
        minutes = [(symbol, t, bar) for _, symbol, t, bar in bars]
        days = [(symbol, *self.world.market.day_so_far(symbol, end)) for end, symbol, _, _ in bars
                if any(listens(c, "dailyBars", symbol) for c in self.connections)]
        for connection in self._listeners():
            await self._deliveries[connection.id].minutes(minutes, days)

    async def publish_one(self, kind, symbol, t):
        """Sends a bar once more, as `b` or `u`, as it stands in the candles now."""
        candles = self.world.market.candles[symbol]
        item = bar_item(kind, symbol, bar_text(time_text(t * SECOND), candles.bar(candles.index(t))))
        for connection in self._listeners():
            if listens(connection, "bars" if kind == "b" else "updatedBars", symbol):
                await connection.send(f"[{item}]")

    def _listeners(self):
        return [c for c in self.connections if c.authenticated and c.open]

    def reset(self):
        self.connections = [c for c in self.connections if c.open]
        for connection in self.connections:
            connection.received.clear()


def listens(connection, channel, symbol):
    symbols = connection.subscriptions.get(channel, ())
    return connection.authenticated and (symbol in symbols or "*" in symbols)


def _object(text):
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _is_symbols(channel, value):
    return (channel in CHANNELS and isinstance(value, list) and bool(value)
            and all(isinstance(s, str) and (s == "*" or SYMBOL.fullmatch(s)) for s in value))


def _masked(message):
    return {name: "***" if name in ("key", "secret") else value for name, value in message.items()}
