"""The interface of the tests themselves, under /_control: README.md has its table."""

import json

from aiohttp import web

from .errors import Refusal, error_text
from .money import parse
from .options import FILLS
from .times import SECOND, parse_time, time_text
from .trading_api import answer


class Control:
    def __init__(self, world):
        self.world = world

    def routes(self):
        paths = [
            ("GET", "clock", self.clock), ("POST", "clock", self.move_clock), ("POST", "prices", self.set_prices),
            ("GET", "account", self.account), ("POST", "account", self.set_account), ("POST", "broker", self.set_broker),
            ("POST", "fill", self.fill), ("POST", "reject", self.reject), ("GET", "orders", self.orders),
            ("POST", "assets", self.set_assets), ("POST", "bars", self.edit_bars), ("GET", "faults", self.faults),
            ("POST", "faults", self.add_faults), ("DELETE", "faults", self.remove_faults),
            ("DELETE", "faults/{id}", self.remove_faults), ("GET", "requests", self.requests),
            ("DELETE", "requests", self.clear_requests), ("GET", "stream", self.connections),
            ("POST", "stream", self.act_on_streams), ("GET", "weather", self.weather),
            ("POST", "weather", self.set_weather), ("DELETE", "weather", self.calm), ("POST", "fees", self.post_fees),
            ("POST", "reset", self.reset)]
        return [web.route(method, f"/_control/{path}", _checked(handler)) for method, path, handler in paths]

    async def clock(self, request):
        return answer({"now": time_text(self.world.clock.now()), "speed": self.world.clock.speed})

    async def move_clock(self, request):
        wanted, clock = await _body(request, {"now", "advance_s", "speed"}), self.world.clock
        before = clock.now()  # once: a moving clock does not wait
        now = parse_time(wanted["now"]) if "now" in wanted else before
        now += int(float(wanted.get("advance_s", 0)) * SECOND)
        if now < before:
            raise ValueError("the clock does not go back")
        clock.move_to(now)
        if "speed" in wanted:
            clock.speed = float(wanted["speed"])
        return answer({"now": time_text(clock.now()), "bars_sent": await self.world.catch_up()})

    async def set_prices(self, request):
        prices = await _body(request)
        for symbol, price in prices.items():
            self.world.market.fixed_prices[symbol] = None if price is None else float(price)
        self.world.broker.match()
        return answer({symbol: price for symbol, price in self.world.market.fixed_prices.items() if price is not None})

    async def account(self, request):
        return answer({"account": self.world.broker.account_json(), "positions": self.world.broker.positions_json()})

    async def set_account(self, request):
        wanted, broker = await _body(request), self.world.broker
        if "cash" in wanted:
            broker.account.cash = _number(wanted.pop("cash"), "cash")
        if "positions" in wanted:
            broker.set_positions(wanted.pop("positions"))
        broker.account.overrides.update(wanted)
        return await self.account(request)

    async def set_broker(self, request):
        wanted, broker = await _body(request, {"fills", "fill_delay_s", "fee_bps", "spread_bps", "fees"}), self.world.broker
        if wanted.get("fills", "manual") not in FILLS:
            raise ValueError(f"fills is one of {', '.join(FILLS)}")
        if wanted.get("fees", "fill") not in ("fill", "day_end"):
            raise ValueError("fees is one of fill, day_end")
        broker.fees = wanted.get("fees", broker.fees)
        broker.fills = wanted.get("fills", broker.fills)
        broker.fill_delay = float(wanted.get("fill_delay_s", broker.fill_delay))
        broker.fee_bps = _number(wanted.get("fee_bps", str(broker.fee_bps)), "fee_bps")
        broker.spread_bps = _number(wanted.get("spread_bps", str(broker.spread_bps)), "spread_bps")
        return answer({"fills": broker.fills, "fill_delay_s": broker.fill_delay, "fee_bps": str(broker.fee_bps),
                       "spread_bps": str(broker.spread_bps), "fees": broker.fees})

    async def fill(self, request):
        wanted = await _body(request, {"id", "client_order_id", "qty", "price"})
        order = self._order(wanted)
        qty, price = (None if name not in wanted else _number(wanted[name], name) for name in ("qty", "price"))
        self.world.broker.fill_by_hand(order, qty, price)
        return answer(order.to_json())

    async def reject(self, request):
        order = self._order(await _body(request, {"id", "client_order_id"}))
        self.world.broker.reject(order)
        return answer(order.to_json())

    def _order(self, wanted):
        order = self.world.broker.find(wanted.get("id"), wanted.get("client_order_id"))
        if order is None:
            raise ValueError("there is no such order")
        return order

    async def orders(self, request):
        return answer([order.to_json() for order in self.world.broker.orders])

    async def set_assets(self, request):
        for symbol, members in (await _body(request)).items():
            asset = self.world.broker.assets.find(symbol)
            if asset is None:
                raise ValueError(f"there is no asset {symbol}")
            asset.update(members)
        return answer(list(self.world.broker.assets.all.values()))

    async def edit_bars(self, request):
        wanted = await _body(request, {"symbol", "set", "remove", "publish"})
        symbol, kind = wanted.get("symbol", self.world.options.symbol), wanted.get("publish")
        candles = self.world.market.candles.get(symbol)
        if candles is None or kind not in (None, "b", "u"):
            raise ValueError(f"there are no candles of {symbol}" if candles is None else "publish is b or u")
        for t in wanted.get("remove", []):
            candles.remove(parse_time(t) // SECOND)
        for values in wanted.get("set", []):
            t = parse_time(values["t"]) // SECOND
            candles.set(t, {name: value for name, value in values.items() if name != "t"})
            if kind:
                await self.world.bar_stream.publish_one(kind, symbol, t)
        return answer({"bars": len(candles)})

    async def faults(self, request):
        return answer(self.world.faults.to_json())

    async def add_faults(self, request):
        wanted = await request.json()
        return answer({"ids": [self.world.faults.add(spec) for spec in (wanted if isinstance(wanted, list) else [wanted])]})

    async def remove_faults(self, request):
        found = request.match_info.get("id")
        self.world.faults.remove(int(found) if found else None)
        return answer({})

    async def weather(self, request):
        return answer(self.world.weather.to_json())

    async def set_weather(self, request):
        self.world.set_weather(await _body(request))
        return await self.weather(request)

    async def calm(self, request):
        was = self.world.weather.to_json()
        self.world.set_weather({})
        return answer(was)

    async def post_fees(self, request):
        await _body(request, set())
        return answer(self.world.broker.post_fees())

    async def requests(self, request):
        path = request.query.get("path")
        return answer([entry for entry in self.world.log.entries if path is None or entry["path"] == path])

    async def clear_requests(self, request):
        self.world.log.clear()
        return answer({})

    def _streams(self):
        return self.world.bar_stream, self.world.update_stream

    async def connections(self, request):
        return answer([c.to_json() for stream in self._streams() for c in stream.connections])

    async def act_on_streams(self, request):
        wanted = await _body(request, {"do", "stream", "connection", "code", "msg", "close", "seconds", "pong", "messages",
                                       "text"})
        number, name, hit = wanted.get("connection"), wanted.get("stream", "data"), []
        for connection in (c for stream in self._streams() for c in stream.connections if c.open):
            if connection.stream == name and number in (None, connection.id):
                await _act(connection, wanted)
                hit.append(connection.id)
        return answer({"connections": hit})

    async def reset(self, request):
        wanted = await _body(request, {"now"})
        self.world.reset(parse_time(wanted["now"]) if "now" in wanted else None)
        self.world.broker.reset()
        for stream in self._streams():
            stream.reset()
        return answer({})


async def _act(connection, wanted):
    do = wanted.get("do")
    if do == "cut":
        connection.cut()
    elif do == "close":
        await connection.close(wanted.get("code", 1011))
    elif do == "silence":
        connection.silence(wanted.get("seconds"), wanted.get("pong", True))
    elif do == "resume":
        connection.resume()
    elif do == "ping":
        await connection.ping()
    elif do == "send":
        await connection.send(wanted["text"] if "text" in wanted else json.dumps(wanted["messages"]))
    elif do == "error":
        await connection.send(error_text(wanted.get("code", 500), wanted.get("msg")))
        if wanted.get("close", False):
            await connection.close()
    else:
        raise ValueError(f"do is not {do}")


def _number(value, name):
    found = parse(value)
    if found is None:
        raise ValueError(f"{name} is not a number")
    return found


async def _body(request, members=None):
    body = json.loads(await request.text() or "{}")
    if not isinstance(body, dict):
        raise ValueError("the body is not a JSON object")
    unknown = set(body) - members if members else None
    if unknown:
        raise ValueError(f"no member {', '.join(sorted(unknown))} here")
    return body


def _checked(handler):
    """A mistake of the test becomes 400 with the reason."""
    async def checked(request):
        try:
            return await handler(request)
        except Refusal as refusal:
            return answer({"error": refusal.body}, 400)
        except (ValueError, KeyError, TypeError, AttributeError) as problem:
            return answer({"error": f"{type(problem).__name__}: {problem}"}, 400)
    return checked
