"""Everything one server knows, in one place, and how its time goes on."""

import asyncio
import time

from .faults import Faults
from .market import Market
from .rate_limit import Bucket
from .request_log import RequestLog
from .times import SECOND
from .weather import Weather, read_weather


class World:
    """The market, the script of faults and the logs. `broker`, `bar_stream` and `update_stream` are set by the server."""

    def __init__(self, options, keys, candles, clock):
        self.options, self.keys, self.clock = options, keys, clock
        self.market = Market(candles, clock)
        self.log = RequestLog(clock)
        self.initial_faults, self.initial_weather = [], read_weather(options.weather)
        self.broker = self.bar_stream = self.update_stream = None
        self._published = clock.now() // SECOND
        self._turn = asyncio.Lock()
        self.reset()

    def reset(self, now=None):
        """Faults, limits, logs and prices as at the start; the clock too where `now` is given."""
        if now is not None:
            self.clock.move_to(now)
            self._published = now // SECOND
        self.weather = Weather(self.clock, self.initial_weather)
        self.faults = Faults(self.weather)
        for spec in self.initial_faults:
            self.faults.add(spec)
        self.buckets = {name: Bucket(self.options.rate_limit, self.clock) for name in ("data", "trading")}
        self.log.clear()
        self.market.fixed_prices.clear()

    def set_weather(self, spec):
        """From now on; what is on its way arrives when it was to. ValueError names what is misspelt."""
        self.weather = Weather(self.clock, spec)
        self.faults.under(self.weather)
        if self.weather["fees"]:
            self.broker.fees = self.weather["fees"]

    async def catch_up(self):
        """Sends the bars that have closed since the last call and matches orders at each; returns how many closed."""
        async with self._turn:
            now = self.clock.now() // SECOND
            after, self._published = self._published, now
            count, minute = 0, []
            for due in self.market.minutes_between(after, now):
                if minute and due[0] != minute[0][0]:
                    await self._close_minute(minute)
                    minute = []
                minute.append(due)
                count += 1
            if minute:
                await self._close_minute(minute)
            if now > after:
                self.broker.match()
                self.broker.end_day_if_over()
            return count

    async def _close_minute(self, bars):
        self.broker.match({symbol: bar["c"] for _, symbol, _, bar in bars})
        await self.bar_stream.publish(bars)

    async def run_clock(self):
        """Keeps a moving market moving."""
        while True:
            await asyncio.sleep(0.02)
            if self.clock.speed:
                await self.catch_up()

    def rate_headers(self, remaining, reset_in, limit=None):
        return {"X-RateLimit-Limit": str(limit or self.options.rate_limit or 200),
                "X-RateLimit-Remaining": str(remaining),
                "X-RateLimit-Reset": str(int(self.date() // SECOND + reset_in + 0.999))}

    def date(self):
        """What the Date header tells."""
        if self.options.date == "market":
            return self.clock.now()
        return time.time_ns()
