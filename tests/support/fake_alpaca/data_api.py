"""Market data over REST: bars in pages, and what is newest."""

import json
import re

from aiohttp import web

from .authorization import check_data_keys
from .errors import refuse_data
from .faults import PAGE
from .paging import cut_page, spoil_page
from .timeframes import DAILY, parse_timeframe
from .times import SECOND, day_start, parse_time, time_text

SYMBOL = re.compile(r"[A-Z0-9]+x?/[A-Z]+")
LOCATIONS = ("us", "us-1", "us-2", "eu-1", "bs-1")  # one market behind them all
_PARAMETERS = {"symbols", "timeframe", "start", "end", "limit", "page_token", "sort"}
_EARLIEST = -(2 ** 63) // SECOND  # what does not fit 64 bits of nanoseconds


def check_symbol(symbol):
    if not SYMBOL.fullmatch(symbol):
        raise refuse_data(f"invalid symbol: {symbol} does not match ^[A-Z]+x?/[A-Z]+$")


class DataApi:
    def __init__(self, world):
        self.world = world

    def routes(self):
        answers = {"bars": self.bars, "latest/bars": self.latest_bars, "latest/trades": self.latest_trades,
                   "latest/quotes": self.latest_quotes, "latest/orderbooks": self.latest_orderbooks, "snapshots": self.snapshots}
        return [web.get(f"/v1beta3/crypto/{location}/{name}", handler) for location in LOCATIONS
                for name, handler in answers.items()]

    async def bars(self, request):
        query = self._admit(request, _PARAMETERS)
        symbols = self._symbols(query)
        try:
            timeframe = parse_timeframe(query["timeframe"]) if "timeframe" in query else None
        except ValueError as problem:
            raise refuse_data(str(problem)) from problem
        if timeframe is None:
            raise refuse_data("Invalid format for parameter timeframe: query parameter 'timeframe' is required")
        first, last = self._range(query, timeframe)
        limit, newest_first = self._limit(query, timeframe), self._newest_first(query)
        event = {"method": "GET", "path": request.path, "query": query, "page": 2 if "page_token" in query else 1}
        fault = self.world.faults.take(PAGE, event)
        if fault:
            request["entry"]["fault"] = fault.id
            limit = min(limit, fault.get("rows", 10)) if fault.kind == "short_page" else limit
        return self._answer(query, self._rows(symbols, timeframe, first, last), limit, newest_first, fault)

    def _answer(self, query, ranges, limit, newest_first, fault):
        try:
            page = cut_page(ranges, limit, newest_first, query.get("page_token"))
        except ValueError as problem:
            raise refuse_data(str(problem)) from problem
        if fault:
            spoil_page(page, fault, page.pieces[0] if page.pieces else None, query.get("page_token"))
        kind = fault.kind if fault else ""
        body = page.body(bars_null=kind == "null_bars", with_token=kind != "no_token")
        return web.Response(body=body, content_type="application/json")

    def _rows(self, symbols, timeframe, first, last):
        ranges = []
        for symbol in sorted(symbols):
            try:
                visible = self.world.market.visible(symbol, timeframe, self.world.options.rest_lag)
            except ValueError as problem:
                raise refuse_data(str(problem)) from problem
            if visible is not None:
                ranges.append((visible, visible.first_from(first), visible.first_from(last + 1)))
        return ranges

    def _admit(self, request, parameters):
        check_data_keys(request, self.world.keys, self.world.options.unauthorized == "html")
        unexpected = [name for name in request.query if name not in parameters]
        if unexpected:
            raise refuse_data(f"unexpected query parameter(s): {', '.join(unexpected)}")
        return dict(request.query)

    def _symbols(self, query):
        if not query.get("symbols"):
            raise refuse_data("Invalid format for parameter symbols: query parameter 'symbols' is required")
        symbols = dict.fromkeys(query["symbols"].split(","))
        for symbol in symbols:
            check_symbol(symbol)
        return list(symbols)

    def _range(self, query, timeframe):
        """First and last second a bar may open at, both included."""
        now = self.world.clock.now()
        start, end = self._time(query, "start"), self._time(query, "end")
        start = day_start(now // SECOND) * SECOND if start is None else start
        end = now if end is None else end
        if end < start:
            raise refuse_data("end should not be before start")
        first = -(-start // SECOND)
        if first < _EARLIEST:  # measured: a year 1 gives the forming bar alone
            first = timeframe.start(now // SECOND)
        return first, end // SECOND

    def _time(self, query, name):
        if name not in query:
            return None
        try:
            return parse_time(query[name])
        except ValueError as problem:
            raise refuse_data(f"Invalid format for parameter {name}: error parsing '{query[name]}' as RFC3339 or "
                              f"2006-01-02 time: {problem}") from problem

    def _limit(self, query, timeframe):
        text = query.get("limit", "1000")
        if not re.fullmatch(r"\d{1,9}", text) or int(text) < 1:
            raise refuse_data(f"invalid limit: {text}")
        if int(text) > 10000:
            raise refuse_data("invalid limit: larger than the allowed maximum of 10000")
        options, limit = self.world.options, int(text)
        if options.page_rows:
            limit = min(limit, options.page_rows)
        if options.page_minutes and timeframe.of_minutes:
            limit = min(limit, max(1, options.page_minutes * 60 // timeframe.seconds))
        return limit

    def _newest_first(self, query):
        sort = query.get("sort", "asc")
        if sort not in ("asc", "desc"):
            raise refuse_data(f"invalid sort: {sort}")
        return sort == "desc"

    async def latest_bars(self, request):
        return self._latest(request, "bars", self._minute_bar)

    async def latest_trades(self, request):
        return self._latest(request, "trades", self._trade)

    async def latest_quotes(self, request):
        return self._latest(request, "quotes", self._quote)

    async def latest_orderbooks(self, request):
        return self._latest(request, "orderbooks", self._orderbook)

    async def snapshots(self, request):
        return self._latest(request, "snapshots", self._snapshot)

    def _latest(self, request, root, make):
        symbols = self._symbols(self._admit(request, {"symbols"}))
        found = {symbol: make(symbol) for symbol in symbols if symbol in self.world.market.candles}
        found = {symbol: value for symbol, value in found.items() if value is not None}
        return web.Response(text=json.dumps({root: found}), content_type="application/json")

    def _minute_bar(self, symbol):
        return _bar(self.world.market.last_closed(symbol, self.world.market.candles[symbol].timeframe))

    def _trade(self, symbol):
        price = self.world.market.price(symbol)
        return price and {"t": time_text(self.world.clock.now()), "p": price, "s": 0.01, "i": 1, "tks": "B"}

    def _quote(self, symbol):
        if self.world.market.price(symbol) is None:
            return None
        bid, ask = self.world.broker.quote(symbol)
        return {"t": time_text(self.world.clock.now()), "bp": float(bid), "bs": 1, "ap": float(ask), "as": 1}

    def _orderbook(self, symbol):
        """Three levels a side, a basis point apart, from the quote outwards."""
        quote = self._quote(symbol)
        return quote and {"t": quote["t"], "b": [{"p": round(quote["bp"] * (1 - k / 1e4), 9), "s": 1} for k in range(3)],
                          "a": [{"p": round(quote["ap"] * (1 + k / 1e4), 9), "s": 1} for k in range(3)]}

    def _snapshot(self, symbol):
        market = self.world.market
        minute = self._minute_bar(symbol)
        if minute is None:
            return None
        visible = market.visible(symbol, DAILY)
        days = [(visible.time(row), visible.bar(row)) for row in range(max(0, len(visible) - 2), len(visible))]
        return {"latestTrade": self._trade(symbol), "latestQuote": self._quote(symbol), "minuteBar": minute,
                "dailyBar": _bar(days[-1] if days else None), "prevDailyBar": _bar(days[-2] if len(days) > 1 else None)}


def _bar(opening_and_values):
    if opening_and_values is None:
        return None
    t, bar = opening_and_values
    return {"t": time_text(t * SECOND), **bar}
