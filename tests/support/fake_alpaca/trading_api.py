"""Paper trading over REST."""

import asyncio
import json
import re
import uuid
from datetime import datetime, timedelta, timezone

from aiohttp import web

from .authorization import check_trading_keys
from .errors import Refusal, refuse_trading
from .money import cut, parse
from .order_rules import check_request
from .times import SECOND, parse_time


def answer(value, status=200):
    return web.Response(status=status, text=json.dumps(value), content_type="application/json")


class TradingApi:
    def __init__(self, world):
        self.world = world

    def routes(self):
        paths = [
            ("GET", "/v2/account", self.account), ("GET", "/v2/clock", self.clock), ("GET", "/v3/clock", self.clocks),
            ("GET", "/v2/calendar", self.calendar), ("GET", "/v2/assets", self.assets),
            ("GET", "/v2/assets/{name}", self.asset), ("GET", "/v2/account/activities", self.activities), ("GET", "/v2/account/activities/{type}", self.activities),
            ("GET", "/v2/orders", self.orders), ("POST", "/v2/orders", self.submit), ("DELETE", "/v2/orders", self.cancel_all),
            ("GET", "/v2/orders:by_client_order_id", self.order_by_name), ("GET", "/v2/orders/{id}", self.order),
            ("PATCH", "/v2/orders/{id}", self.replace), ("DELETE", "/v2/orders/{id}", self.cancel),
            ("GET", "/v2/positions", self.positions), ("DELETE", "/v2/positions", self.close_all),
            ("GET", "/v2/positions/{name}", self.position), ("DELETE", "/v2/positions/{name}", self.close)]
        return [web.route(method, path, self._guarded(handler))
                for method, path, handler in paths]

    def _guarded(self, handler):
        async def guarded(request):
            check_trading_keys(request, self.world.keys)
            return await handler(request)
        return guarded

    @property
    def broker(self):
        return self.world.broker

    async def account(self, request):
        return answer(self.broker.shown_account())

    async def clock(self, request):
        now = datetime.fromtimestamp(self.world.clock.now() / SECOND, timezone(timedelta(hours=-5)))
        opening = now.replace(hour=9, minute=30, second=0, microsecond=0) + timedelta(days=1)
        return answer({"timestamp": now.isoformat(), "is_open": False, "next_open": opening.isoformat(),
                       "next_close": opening.replace(hour=16, minute=0).isoformat()})

    async def clocks(self, request):
        """Of the one market that never closes: crypto has no other."""
        now = datetime.fromtimestamp(self.world.clock.now() / SECOND, timezone.utc)
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        names = (request.query.get("markets") or "CRYPTO").split(",")
        return answer({"clocks": [{
            "market": {"acronym": name, "name": name, "timezone": "UTC"}, "timestamp": now.isoformat(), "is_market_day": True,
            "phase": "core", "phase_until": midnight.isoformat(), "next_market_open": midnight.isoformat(),
            "next_market_close": midnight.isoformat()} for name in names]})

    async def calendar(self, request):
        """Weekdays of the exchange, without its holidays; `start` and `end` are dates, this year where they are absent."""
        now = datetime.fromtimestamp(self.world.clock.now() / SECOND, timezone.utc)
        first, last = (_date(request.query, name, now.replace(month=month, day=day))
                       for name, month, day in (("start", 1, 1), ("end", 12, 31)))
        if (last - first).days > 3660:
            raise refuse_trading(422, 40010001, "the calendar is of ten years at most")
        days = (first + timedelta(days=k) for k in range((last - first).days + 1))
        return answer([{"date": day.isoformat(), "open": "09:30", "close": "16:00", "session_open": "0400",
                        "session_close": "2000", "settlement_date": day.isoformat()} for day in days if day.weekday() < 5])

    async def assets(self, request):
        query = request.query
        if query.get("asset_class", "crypto") != "crypto":
            return answer([])
        return answer([asset for asset in self.broker.assets.all.values()
                       if query.get("status", asset["status"]) == asset["status"]])

    async def asset(self, request):
        name = request.match_info["name"]
        asset = self.broker.assets.find(name)
        if asset is None:
            raise refuse_trading(404, 40410000, f"asset not found for {name}")
        return answer(asset)

    async def activities(self, request):
        """`after` is exclusive; a page's token is the id of its last row."""
        query, rows = request.query, self.broker.activities
        types = request.match_info.get("type") or query.get("activity_types")
        if types:
            rows = [row for row in rows if row["activity_type"] in types.split(",")]
        if "after" in query:
            rows = [row for row in rows if _moment(row) > _time(query, "after")]
        if "until" in query:
            rows = [row for row in rows if _moment(row) < _time(query, "until")]
        rows = rows if query.get("direction") == "asc" else rows[::-1]
        ids = [row["id"] for row in rows]
        start = ids.index(query["page_token"]) + 1 if query.get("page_token") in ids else 0
        return answer(rows[start:start + min(100, _count(query, "page_size", 100))])

    async def submit(self, request):
        body = await _json(request)
        return answer(self.broker.submit(check_request(body), body).to_json())

    async def orders(self, request):
        query, found = request.query, list(self.broker.orders)
        status = query.get("status", "open")
        if status not in ("open", "closed", "all"):
            raise refuse_trading(422, 40010001, f"invalid status: {status}")
        if status != "all":
            found = [order for order in found if order.open == (status == "open")]
        if "after" in query:
            found = [order for order in found if order.created_at > _time(query, "after")]
        if "until" in query:
            found = [order for order in found if order.created_at < _time(query, "until")]
        if "side" in query:
            found = [order for order in found if order.side == query["side"]]
        if query.get("symbols"):  # measured: only the spelling with a slash finds anything
            found = [order for order in found if order.symbol in query["symbols"].split(",")]
        limit = _count(query, "limit", 50)
        if limit > 500:
            raise refuse_trading(422, 40010001, "limit must be no more than 500")
        found = found if query.get("direction", "desc") == "asc" else found[::-1]
        return answer([self.broker.shown_order(order) for order in found[:limit]])

    async def order(self, request):
        return answer(self.broker.shown_order(self._order(request)))

    async def order_by_name(self, request):
        name = request.query.get("client_order_id", "")
        order = self.broker.find(client_order_id=name)
        if order is None:
            raise refuse_trading(404, 40410000, f"order not found for {name}")
        return answer(self.broker.shown_order(order))

    def _order(self, request):
        order_id = request.match_info["id"]
        try:
            uuid.UUID(order_id)
        except ValueError as problem:
            raise refuse_trading(422, 40010001, "order_id is missing") from problem
        order = self.broker.find(order_id)
        if order is None:
            raise refuse_trading(404, 40410000, f"order not found for {order_id}")
        return order

    async def cancel(self, request):
        self.broker.cancel(self._order(request))
        return web.Response(status=204)

    async def cancel_all(self, request):
        ended = self.broker.open_orders()
        for order in ended:
            self.broker.cancel(order)
        return answer([{"id": order.id, "status": 200} for order in ended], 207)

    async def replace(self, request):
        order, changes = self._order(request), await _json(request)
        body = {"symbol": order.symbol, "side": order.side, "type": order.type, "time_in_force": order.time_in_force,
                "qty": str(order.qty), **{name: str(value) for name, value in (
                    ("limit_price", order.limit_price), ("stop_price", order.stop_price)) if value is not None}, **changes}
        return answer(self.broker.replace(order, check_request(body), body).to_json())

    async def positions(self, request):
        return answer(self.broker.shown_positions())

    async def position(self, request):
        return answer(self._position(request.match_info["name"]))

    def _position(self, name):
        """By the symbol without slash or the asset's id; with a slash the answer is no JSON at all."""
        if "/" in name:
            raise Refusal(404, "Not Found", "text/plain")
        asset = self.broker.assets.find(name)
        if asset is None:
            raise refuse_trading(404, 40410000, f"symbol not found: {name}")
        for position in self.broker.shown_positions():
            if position["asset_id"] == asset["id"]:
                return position
        raise refuse_trading(404, 40410000, "position does not exist")

    async def close(self, request):
        position, query = self._position(request.match_info["name"]), request.query
        if "qty" in query and "percentage" in query:
            raise refuse_trading(422, 40010001, "only one of qty or percentage is accepted")
        qty = parse(query.get("qty", position["qty"]))
        if "percentage" in query:
            qty = cut(parse(position["qty"]) * parse(query["percentage"]) / 100)
        return answer(self.broker.close_position(_pair(self.broker, position), qty).to_json())

    async def close_all(self, request):
        if request.query.get("cancel_orders") == "true":
            await self.cancel_all(request)
            await asyncio.sleep(self.broker.fill_delay + 0.01)  # until they have let go of the coins
        closed = []
        for position in self.broker.positions_json():
            try:
                order = self.broker.close_position(_pair(self.broker, position), parse(position["qty_available"]))
                closed.append({"symbol": position["symbol"], "status": 200, "body": order.to_json()})
            except Refusal as refusal:
                closed.append({"symbol": position["symbol"], "status": refusal.status, "body": json.loads(refusal.body)})
        return answer(closed, 207)


def _pair(broker, position):
    return broker.assets.find(position["asset_id"])["symbol"]


async def _json(request):
    try:
        body = json.loads(await request.text())
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise refuse_trading(400, 40010000, "request body format is invalid")
    return body


def _moment(row):
    """When an activity was: fees have a day only."""
    return parse_time(row.get("transaction_time") or row["date"])


def _time(query, name):
    try:
        return parse_time(query[name])
    except ValueError as problem:
        raise refuse_trading(422, 40010001, f"invalid {name}: {query[name]}") from problem


def _date(query, name, default):
    text = query.get(name)
    return datetime.fromtimestamp(_time(query, name) / SECOND, timezone.utc).date() if text else default.date()


def _count(query, name, default):
    text = query.get(name, str(default))
    if not re.fullmatch(r"[1-9]\d{0,5}", text):
        raise refuse_trading(422, 40010001, f"invalid {name}: {text}")
    return int(text)
