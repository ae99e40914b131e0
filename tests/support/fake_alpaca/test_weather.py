"""The weather: what lags, what is refused, what comes late, and the fees of a day."""

import asyncio
import unittest
from decimal import Decimal

import aiohttp

from .harness import DEFAULT_KEYS, ServerTest, Socket, TradingTest


class WeatherTest(TradingTest):
    def weather(self, **spec):
        return self.server.control("weather", spec)

    def later(self, seconds):
        self.server.control("clock", {"advance_s": seconds})


class LagTest(WeatherTest):
    def test_position_and_cash_are_the_old_ones_until_the_lag_is_over(self):
        self.weather(seed=1, lag_s=10, lag_share=1)
        self.order(qty="0.01")
        self.assertEqual(self.get("/v2/positions"), [])
        self.assertEqual(self.get("/v2/account")["cash"], "100000")
        self.later(11)
        self.assertEqual(self.get("/v2/positions")[0]["qty"], "0.009975")
        self.assertEqual(self.get("/v2/account")["cash"], "99500")

    def test_what_is_true_is_known_to_the_control_interface_at_once(self):
        self.weather(lag_s=10, lag_share=1)
        self.order(qty="0.01")
        self.assertEqual(self.server.control("account")["positions"][0]["qty"], "0.009975")

    def test_of_two_fills_each_is_shown_in_its_turn(self):
        self.weather(seed=3, lag_s=10, lag_share=1, lagging=["positions"])
        self.order(qty="0.01")
        self.order(qty="0.01")
        seen = []
        for _ in range(12):
            seen.append(sum(float(position["qty"]) for position in self.get("/v2/positions")))
            self.later(1)
        self.assertEqual(seen, sorted(seen))
        self.assertEqual(seen[0], 0)
        self.assertEqual(seen[-1], 0.01995)

    def test_coins_of_a_cancelled_sale_become_available_late(self):
        self.order(qty="0.01")
        sale = self.order(side="sell", type="limit", limit_price="60000", qty="0.005")[1]
        self.weather(lag_s=10, lag_share=1)
        self.server.trade("DELETE", f"/v2/orders/{sale['id']}")
        self.assertEqual(self.get("/v2/positions")[0]["qty_available"], "0.004975")
        self.later(11)
        self.assertEqual(self.get("/v2/positions")[0]["qty_available"], "0.009975")

    def test_orders_lag_only_when_asked_to(self):
        self.weather(lag_s=10, lag_share=1, lagging=["orders"])
        order = self.order(qty="0.01", client_order_id="late")[1]
        self.assertEqual(self.looked_up("late")["filled_qty"], "0")
        self.assertEqual(self.get("/v2/positions")[0]["qty"], "0.009975")
        self.later(11)
        self.assertEqual(self.get(f"/v2/orders/{order['id']}")["status"], "filled")


class RefusalTest(WeatherTest):
    def statuses(self, seed):
        self.weather(seed=seed, refusals=0.5)
        return [self.server.trade("GET", "/v2/account")[0] for _ in range(40)]

    def test_a_seed_refuses_the_same_requests_each_time(self):
        first = self.statuses(5)
        self.assertEqual(first, self.statuses(5))
        self.assertNotEqual(first, self.statuses(6))
        self.assertTrue({401, 404, 429, 503} & set(first))

    def test_calm_ends_it_and_tells_what_was_drawn(self):
        self.weather(refusals=1)
        self.server.trade("GET", "/v2/account")
        self.assertEqual(self.server.control("weather", method="DELETE")["drawn"], {"refusals": 1})
        self.assertEqual(self.server.trade("GET", "/v2/account")[0], 200)

    def test_an_order_is_there_although_504_was_answered(self):
        self.weather(accepted_504=1)
        self.assertEqual(self.order(qty="0.01", client_order_id="there")[0], 504)
        self.assertEqual(self.looked_up("there")["status"], "filled")

    def test_what_is_misspelt_is_named(self):
        with self.assertRaisesRegex(AssertionError, "the weather has no lag"):
            self.weather(lag=1)
        with self.assertRaisesRegex(AssertionError, "is a share"):
            self.weather(refusals=5)


class UpdateTest(WeatherTest):
    def updates(self, **spec):
        """The events of a purchase; what is late is a second of the market late at most."""
        self.weather(late_s=0.2, **spec)

        async def listen():
            async with aiohttp.ClientSession() as session, Socket(session, self.server.at["trading_stream"]) as socket:
                await socket.send(action="auth", key=DEFAULT_KEYS[0], secret=DEFAULT_KEYS[1])
                await socket.next()
                await socket.send(action="listen", data={"streams": ["trade_updates"]})
                await socket.next()
                await asyncio.to_thread(self.order, qty="0.01")
                events = []
                while True:
                    try:
                        events.append((await socket.next(0.5))["data"]["event"])
                    except asyncio.TimeoutError:
                        return events
        return asyncio.run(listen())

    def test_updates_are_repeated(self):
        self.assertEqual(self.updates(repeated_updates=1), ["new", "new", "fill", "fill"])

    def test_late_updates_come_all_the_same(self):
        self.assertEqual(sorted(self.updates(late_updates=1)), ["fill", "new"])

    def test_an_order_fills_in_parts(self):
        self.assertEqual(self.updates(partial=1), ["new", "partial_fill", "fill"])


class FeeTest(WeatherTest):
    arguments = ("--clock", "2031-03-04T10:10:00Z", "--rate-limit", "0", "--fees", "day_end")

    def test_fees_of_a_day_are_taken_at_its_end_and_listed(self):
        self.order(qty="0.02")
        self.order(side="sell", qty="0.01")
        self.assertEqual(self.get("/v2/positions")[0]["qty"], "0.01")
        self.assertEqual(self.get("/v2/account")["cash"], "99500")
        self.later(14 * 3600)
        self.assertEqual(self.get("/v2/positions")[0]["qty"], "0.00995")
        self.assertEqual(self.get("/v2/account")["cash"], "99498.75")
        coin, cash = self.get("/v2/account/activities", activity_types="CFEE", direction="asc")
        self.assertEqual((coin["qty"], coin["net_amount"], coin["date"]), ("-0.00005", "0", "2031-03-04"))
        self.assertEqual((cash["qty"], cash["net_amount"]), ("0", "-1.25"))
        self.assertEqual(len(self.get("/v2/account/activities/FILL")), 2)

    def test_coins_that_are_gone_are_paid_in_dollars(self):
        self.order(qty="0.02")
        self.order(side="sell", qty="0.02")
        self.server.control("fees", {})
        self.assertEqual(self.get("/v2/positions"), [])
        self.assertEqual(Decimal(self.get("/v2/account")["cash"]), Decimal("99995"))


class CommandLineTest(ServerTest):
    arguments = ("--clock", "end", "--weather", '{"seed":9,"refusals":1}')

    def test_a_server_starts_in_its_weather(self):
        self.assertNotEqual(self.bars()[2].get("Content-Type"), None)
        self.assertEqual(self.server.control("weather")["drawn"], {"refusals": 1})


if __name__ == "__main__":
    unittest.main()
