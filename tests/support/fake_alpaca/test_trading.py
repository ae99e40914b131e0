"""Paper trading: what an order does to the account, and what is refused."""

import http.client
import json
import unittest
import urllib.error

from .harness import KEYS, TradingTest


class Money(TradingTest):
    def test_a_purchase_pays_its_fee_in_coin(self):
        status, order = self.order(qty="0.01", client_order_id="a")
        self.assertEqual((status, order["status"], order["filled_qty"], order["qty"]), (200, "pending_new", "0", "0.01"))
        filled = self.looked_up("a")
        self.assertEqual((filled["status"], filled["filled_qty"], filled["filled_avg_price"]), ("filled", "0.01", "50000"))
        position = self.get("/v2/positions/BTCUSD")
        self.assertEqual((position["symbol"], position["qty"], position["avg_entry_price"]), ("BTCUSD", "0.009975", "50000"))
        account = self.get("/v2/account")
        self.assertEqual((account["cash"], account["equity"]), ("99500", "99998.75"))

    def test_a_sale_pays_its_fee_in_dollars(self):
        self.server.control("account", {"positions": {"BTC/USD": {"qty": "0.1", "avg_entry_price": "40000"}}})
        self.order(qty="0.1", side="sell")
        self.assertEqual(self.get("/v2/account")["cash"], "104987.5")  # 5000 less 12.50
        self.assertEqual(self.get("/v2/positions"), [])

    def test_what_was_bought_gross_cannot_be_sold(self):
        self.order(qty="0.01")
        status, refusal = self.order(qty="0.01", side="sell")
        self.assertEqual((status, refusal["code"]), (403, 40310000))
        self.assertEqual(refusal["message"], "insufficient balance for BTC (requested: 0.01, available: 0.009975)")
        self.assertEqual(self.order(qty="0.009975", side="sell")[0], 200)

    def test_a_notional_is_cut_to_nine_decimals_of_quantity(self):
        self.server.control("prices", {"BTC/USD": 30000})
        _, order = self.order(notional="100.01", client_order_id="n")
        self.assertEqual((order["qty"], order["notional"]), (None, "100.01"))
        self.assertEqual(self.looked_up("n")["qty"], "0.003333666")

    def test_digits_beyond_the_ninth_are_cut(self):
        self.assertEqual(self.order(qty="0.0012345678999")[1]["qty"], "0.001234567")

    def test_open_orders_hold_what_they_need(self):
        self.server.control("account", {"positions": {"BTC/USD": {"qty": "1"}}})
        self.order(type="limit", side="sell", qty="0.4", limit_price="60000")
        self.assertEqual(self.get("/v2/positions/BTCUSD")["qty_available"], "0.6")
        self.server.control("prices", {"BTC/USD": 50000, "ETH/USD": 3000})
        self.order(symbol="ETH/USD", qty="1", type="limit", limit_price="2000")
        self.assertEqual(self.get("/v2/account")["non_marginable_buying_power"], "98000")

    def test_an_execution_sequence_is_in_the_activities(self):
        self.server.control("broker", {"fills": "partial"})
        self.order(qty="0.01")
        rows = self.get("/v2/account/activities/FILL", direction="asc")
        self.assertEqual([(r["type"], r["qty"], r["cum_qty"], r["leaves_qty"]) for r in rows],
                         [("partial_fill", "0.004", "0.004", "0.006"), ("fill", "0.006", "0.01", "0")])


class Lives(TradingTest):
    def test_ways_of_filling(self):
        for fills, status, filled in (("partial", "filled", "0.01"), ("partial_then_cancel", "canceled", "0.004"),
                                      ("reject", "rejected", "0"), ("manual", "new", "0")):
            self.server.control("broker", {"fills": fills})
            self.order(qty="0.01", client_order_id=fills)
            order = self.looked_up(fills)
            self.assertEqual((order["status"], order["filled_qty"]), (status, filled), fills)

    def test_one_order_may_fill_in_its_own_way(self):
        self.fault("fill", fills="manual", match={"body": {"client_order_id": "m"}})
        self.order(qty="0.01", client_order_id="m")
        self.server.control("fill", {"client_order_id": "m", "qty": "0.002", "price": "49000"})
        self.assertEqual(self.looked_up("m")["status"], "partially_filled")
        self.server.control("fill", {"client_order_id": "m"})
        order = self.looked_up("m")
        self.assertEqual((order["status"], order["filled_avg_price"]), ("filled", "49800"))  # 0.2 at 49, 0.8 at 50

    def test_a_limit_rests_until_the_price_comes(self):
        self.order(qty="0.01", type="limit", limit_price="49000", client_order_id="l")
        self.assertEqual(self.looked_up("l")["status"], "new")
        self.server.control("prices", {"BTC/USD": 48900})
        self.assertEqual(self.looked_up("l")["filled_avg_price"], "48900")

    def test_ioc_does_not_rest(self):
        self.order(qty="0.01", type="limit", limit_price="49000", time_in_force="ioc", client_order_id="i")
        self.assertEqual(self.looked_up("i")["status"], "canceled")

    def test_a_stop_limit_waits_for_its_stop(self):
        self.server.control("account", {"positions": {"BTC/USD": {"qty": "1"}}})
        self.order(side="sell", qty="0.5", type="stop_limit", stop_price="49000", limit_price="48000", client_order_id="s")
        self.assertEqual(self.looked_up("s")["status"], "new")
        self.server.control("prices", {"BTC/USD": 48500})
        self.assertEqual(self.looked_up("s")["status"], "filled")

    def test_canceling(self):
        _, order = self.order(qty="0.01", type="limit", limit_price="49000")
        self.assertEqual(self.server.trade("DELETE", f"/v2/orders/{order['id']}")[0], 204)
        self.assertEqual(self.get(f"/v2/orders/{order['id']}")["status"], "canceled")
        self.assertEqual(self.server.trade("DELETE", f"/v2/orders/{order['id']}")[0], 204)
        _, filled = self.order(qty="0.01")
        status, refusal = self.server.trade("DELETE", f"/v2/orders/{filled['id']}")
        self.assertEqual((status, refusal["message"]), (422, 'order is already in "filled" state'))
        self.order(qty="0.01", type="limit", limit_price="49000")
        self.assertEqual(self.server.trade("DELETE", "/v2/orders")[0], 207)
        self.assertEqual(self.get("/v2/orders"), [])
        self.assertEqual(len(self.get("/v2/orders", status="all")), 3)

    def test_replacing(self):
        _, old = self.order(qty="0.01", type="limit", limit_price="49000", client_order_id="old")
        _, new = self.server.trade("PATCH", f"/v2/orders/{old['id']}", {"limit_price": "49500"})
        self.assertEqual((new["replaces"], new["limit_price"], new["qty"]), (old["id"], "49500", "0.01"))
        self.assertEqual((self.looked_up("old")["status"], self.looked_up("old")["replaced_by"]), ("replaced", new["id"]))

    def test_closing_positions(self):
        self.server.control("account", {"positions": {"BTC/USD": {"qty": "1"}}})
        self.assertEqual(self.server.trade("DELETE", "/v2/positions/BTCUSD", query={"percentage": "25"})[1]["qty"], "0.25")
        self.order(side="sell", qty="0.5", type="limit", limit_price="60000")
        status, closed = self.server.trade("DELETE", "/v2/positions", query={"cancel_orders": "true"})
        self.assertEqual((status, closed[0]["symbol"], closed[0]["body"]["qty"]), (207, "BTCUSD", "0.75"))
        self.assertEqual(self.get("/v2/positions"), [])


class Refusals(TradingTest):
    def test_rules_of_the_fields(self):
        for members, code, message in [
            ({}, 40010001, "qty or notional is required"),
            ({"qty": "1", "notional": "10"}, 40010001, "only one of qty or notional is accepted"),
            ({"notional": "10.001"}, 42210000, "notional value must be limited to 2 decimal places"),
            ({"qty": "1", "time_in_force": "day"}, 42210000, "invalid crypto time_in_force"),
            ({"qty": "0"}, 40010001, "qty must be > 0"),
            ({"qty": "1", "side": "hold"}, 40010001, "invalid side"),
            ({"qty": "1", "type": "stop"}, 42210000, "invalid order type for crypto order"),
            ({"qty": "1", "type": "limit"}, 40010001, "limit orders require a limit price"),
            ({"qty": "1", "order_class": "bracket"}, 42210000, "crypto orders not allowed for advanced order_class: bracket"),
            ({"qty": "1", "client_order_id": "x" * 129}, 40010001, "client_order_id must be no more than 128 characters"),
            ({"qty": "1", "symbol": "FOO/USD"}, 42210000, 'asset "FOO/USD" not found'),
        ]:
            with self.subTest(message):
                status, refusal = self.order(**members)
                self.assertEqual((status, refusal["code"], refusal["message"]), (422, code, message))

    def test_a_client_order_id_is_taken_once(self):
        self.assertEqual(self.order(qty="0.01", client_order_id="once")[0], 200)
        status, refusal = self.order(qty="0.01", client_order_id="once")
        self.assertEqual((status, refusal["code"], refusal["message"]), (422, 40010001, "client_order_id must be unique"))
        self.assertEqual(len(self.server.control("orders")), 1)

    def test_money(self):
        self.assertEqual(self.order(notional="9.99")[1]["message"], "cost basis must be >= minimal amount of order 10")
        self.assertEqual(self.order(notional="200000.01")[0], 403)
        self.server.control("account", {"cash": "87.84"})
        status, refusal = self.order(notional="600.5")
        self.assertEqual((status, refusal["message"]),
                         (403, "insufficient balance for USD (requested: 600.5, available: 87.84)"))
        self.assertEqual((refusal["symbol"], refusal["available"]), ("USD", "87.84"))
        self.server.control("account", {"trading_blocked": True})
        self.assertEqual(self.order(notional="20")[0], 403)

    def test_opposite_orders(self):
        self.server.control("account", {"positions": {"BTC/USD": {"qty": "1"}}})
        self.order(side="sell", qty="0.1", type="limit", limit_price="60000")
        status, refusal = self.order(qty="0.1")
        self.assertEqual((status, refusal["message"]), (403, "potential wash trade detected. use complex orders"))

    def test_positions_have_no_slash(self):
        self.order(qty="0.01")
        self.assertEqual(self.server.trade("GET", "/v2/positions/BTC%2FUSD"), (404, "Not Found"))
        self.assertEqual(self.server.trade("GET", "/v2/positions/ETHUSD")[1]["message"], "position does not exist")
        self.assertEqual(self.server.trade("GET", "/v2/positions/FOO")[1]["message"], "symbol not found: FOO")

    def test_assets(self):
        self.assertEqual(self.get("/v2/assets/BTC%2FUSD"), self.get("/v2/assets/BTCUSD"))
        self.assertEqual(self.server.trade("GET", "/v2/assets/FOO"), (404, {"code": 40410000, "message": "asset not found for FOO"}))
        self.assertIn("BTC/USD", [asset["symbol"] for asset in self.get("/v2/assets", asset_class="crypto")])

    def test_keys(self):
        status, page, _ = self.server.ask("/v2/account")
        self.assertEqual((status, page[:6]), (401, "<html>"))
        status, refusal, _ = self.server.ask("/v2/account", headers={**KEYS, "APCA-API-KEY-ID": "AKLIVE"})
        self.assertEqual((status, refusal), (401, {"message": "unauthorized."}))

    def test_orders_that_are_not_there(self):
        self.assertEqual(self.server.trade("GET", "/v2/orders/x")[1]["message"], "order_id is missing")
        self.assertEqual(self.server.trade("GET", "/v2/orders/00000000-0000-0000-0000-000000000000")[0], 404)
        self.assertEqual(self.server.trade("GET", "/v2/orders:by_client_order_id", query={"client_order_id": "x"})[0], 404)
        self.assertEqual(self.server.trade("GET", "/v2/nowhere")[1]["code"], 40410000)


class ManyOrders(TradingTest):
    def test_a_thousand_orders_are_a_thousand_orders(self):
        self.server.control("broker", {"fills": "manual"})
        connection = http.client.HTTPConnection(self.server.at["rest"].partition("//")[2])
        body = {"symbol": "BTC/USD", "side": "buy", "type": "market", "time_in_force": "gtc", "notional": "10"}
        taken = []
        for k in range(1000):
            connection.request("POST", "/v2/orders", json.dumps({**body, "client_order_id": f"o{k % 500}"}), KEYS)
            response = connection.getresponse()
            response.read()
            taken.append(response.status)
        connection.close()
        self.assertEqual((taken.count(200), taken.count(422)), (500, 500))
        self.assertEqual(self.get("/v2/account")["non_marginable_buying_power"], "95000")
        self.assertEqual(len(self.get("/v2/orders", limit="500")), 500)


class LostAnswers(TradingTest):
    """Whether an order is there when its answer is not."""

    match = {"method": "POST", "path": "/v2/orders"}

    def test_accepted_or_not(self):
        for name, accept in (("there", True), ("not-there", False)):
            self.fault("status", status=504, html=True, match=self.match, accept=accept)
            self.assertEqual(self.order(qty="0.01", client_order_id=name)[0], 504)
            self.fault("reset", match=self.match, accept=accept)
            with self.assertRaises((ConnectionError, urllib.error.URLError)):
                self.order(qty="0.01", client_order_id=name + "-reset")
        found = [order["client_order_id"] for order in self.server.control("orders")]
        self.assertEqual(found, ["there", "there-reset"])


if __name__ == "__main__":
    unittest.main()
