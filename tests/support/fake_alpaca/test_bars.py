"""Candles over REST: what is there, what is refused."""

import unittest

from .harness import BARS, KEYS, ServerTest, minutes


class Bars(ServerTest):
    arguments = ("--clock", "2031-03-04T10:08:15Z")

    def test_both_ends_of_a_range_are_inclusive(self):
        _, answer, _ = self.bars(start="2031-03-04T10:01:00Z", end="2031-03-04T10:04:00Z")
        self.assertEqual(minutes(answer), [1, 2, 3, 4])
        self.assertIsNone(answer["next_page_token"])

    def test_an_end_a_nanosecond_earlier_leaves_the_bar_out(self):
        _, answer, _ = self.bars(start="2031-03-04T10:01:00Z", end="2031-03-04T10:03:59.999999999Z")
        self.assertEqual(minutes(answer), [1, 2, 3])

    def test_the_forming_bar_is_there_and_differs_from_the_closed_one(self):
        _, answer, _ = self.bars(start="2031-03-04T10:07:00Z")
        closed, forming = answer["bars"]["BTC/USD"]
        self.assertEqual((closed["c"], forming["t"]), (50007, "2031-03-04T10:08:00Z"))
        self.assertEqual(forming["c"], 50007.625)  # a quarter of the way from 50007.5 to 50008
        self.assertEqual(forming["v"], 0.375)

    def test_a_gap_stays_a_gap_and_a_minute_without_trades_has_no_mean_price(self):
        _, answer, _ = self.bars(end="2031-03-04T10:06:00Z")
        self.assertEqual(minutes(answer), [0, 1, 2, 3, 4, 6])
        quiet = answer["bars"]["BTC/USD"][3]
        self.assertEqual((quiet["v"], quiet["n"], quiet["vw"], quiet["c"]), (0, 0, 0, 50003))

    def test_coarser_bars_are_added_up(self):
        _, answer, _ = self.bars(timeframe="5Min", end="2031-03-04T10:04:00Z")
        (bar,) = answer["bars"]["BTC/USD"]
        self.assertEqual([bar[f] for f in "ohlcv"], [49999.5, 50005, 49999, 50004, 6])

    def test_newest_first(self):
        _, answer, _ = self.bars(sort="desc", limit=2)
        self.assertEqual(minutes(answer), [8, 7])
        _, answer, _ = self.bars(sort="desc", limit=10, page_token=answer["next_page_token"])
        self.assertEqual(minutes(answer), [6, 4, 3, 2, 1, 0])

    def test_an_unknown_symbol_is_an_empty_answer(self):
        status, answer, _ = self.bars(symbols="FOO/USD")
        self.assertEqual((status, answer), (200, {"bars": {}, "next_page_token": None}))

    def test_the_date_header_tells_the_markets_time(self):
        self.assertEqual(self.bars()[2]["Date"], "Tue, 04 Mar 2031 10:08:15 GMT")

    def test_refusals(self):
        for query, message in [
            ({"symbols": "BTCUSD"}, "invalid symbol: BTCUSD does not match"),
            ({"symbols": None}, "query parameter 'symbols' is required"),
            ({"foo": "1"}, "unexpected query parameter(s): foo"),
            ({"timeframe": "30Sec"}, "invalid timeframe: 30Sec"),
            ({"timeframe": "60Min"}, "timeframe period number is larger than the allowed maximum"),
            ({"timeframe": "5Month"}, "invalid timeframe"),
            ({"start": "2031-03-04T10:00:00"}, "Invalid format for parameter start"),
            ({"end": "2031-03-04T09:00:00Z"}, "end should not be before start"),
            ({"limit": "10001"}, "invalid limit: larger than the allowed maximum of 10000"),
            ({"limit": "0"}, "invalid limit"),
            ({"page_token": "x"}, "invalid page_token"),
        ]:
            with self.subTest(message):
                status, answer, _ = self.bars(**query)
                self.assertEqual(status, 400)
                self.assertIn(message, answer["message"])

    def test_no_keys_will_do_but_wrong_ones_will_not(self):
        query = {"symbols": "BTC/USD", "timeframe": "1Min"}
        self.assertEqual(self.server.ask(BARS, query, headers=KEYS)[0], 200)
        status, page, headers = self.server.ask(BARS, query, headers={**KEYS, "APCA-API-SECRET-KEY": "wrong"})
        self.assertEqual((status, headers["Content-Type"].split(";")[0]), (401, "text/html"))
        self.assertIn("<html>", page)

    def test_latest_bars_are_closed(self):
        _, answer, _ = self.server.ask("/v1beta3/crypto/us/latest/bars", {"symbols": "BTC/USD"})
        self.assertEqual(answer["bars"]["BTC/USD"]["t"], "2031-03-04T10:07:00Z")

    def test_requests_are_logged_without_the_values_of_keys(self):
        self.server.ask(BARS, {"symbols": "BTC/USD", "timeframe": "1Min"}, headers=KEYS)
        (entry,) = self.server.control("requests")
        self.assertEqual((entry["path"], entry["status"], entry["query"]["symbols"]), (BARS, 200, "BTC/USD"))
        self.assertIn("apca-api-key-id", [name.lower() for name in entry["headers"]])
        self.assertNotIn(KEYS["APCA-API-SECRET-KEY"], str(entry))


class Pages(ServerTest):
    arguments = ("--clock", "2031-03-04T10:10:00Z", "--page-rows", "4")

    def all_pages(self, **query):
        pages, token = [], None
        while True:
            _, answer, _ = self.bars(page_token=token, **query)
            pages.append(minutes(answer))
            token = answer["next_page_token"]
            if token is None:
                return pages

    def test_short_pages_lead_to_the_last(self):
        self.assertEqual(self.all_pages(limit=10000), [[0, 1, 2, 3], [4, 6, 7, 8], [9]])
        self.assertEqual(self.all_pages(limit=3), [[0, 1, 2], [3, 4, 6], [7, 8, 9]])

    def test_an_empty_final_page(self):
        self.fault("empty_final_page", after=1)
        self.assertEqual(self.all_pages(limit=3), [[0, 1, 2], [3, 4, 6], [7, 8, 9]])
        self.fault("empty_final_page", after=2)
        self.assertEqual(self.all_pages(limit=3)[-1], [])

    def test_an_overlap(self):
        self.fault("overlap", match={"page": 2}, bars=2)
        self.assertEqual(self.all_pages(limit=4)[:2], [[0, 1, 2, 3], [2, 3, 4, 6, 7, 8]])

    def test_a_repeated_token(self):
        _, first, _ = self.bars(limit=4)
        self.fault("repeat_token")
        _, second, _ = self.bars(limit=4, page_token=first["next_page_token"])
        self.assertEqual(second["next_page_token"], first["next_page_token"])
        self.fault("repeat_token")
        _, again, _ = self.bars(limit=4)
        _, same, _ = self.bars(limit=4, page_token=again["next_page_token"])
        self.assertEqual(minutes(same), [0, 1, 2, 3])

    def test_other_spoilt_pages(self):
        self.fault("duplicate_rows")
        self.fault("reverse_rows")
        self.fault("short_page", rows=1)
        self.fault("null_bars")
        self.fault("no_token")
        self.fault("empty_page")
        self.assertEqual(minutes(self.bars(limit=2)[1]), [0, 1, 1])
        self.assertEqual(minutes(self.bars(limit=2)[1]), [1, 0])
        self.assertEqual(minutes(self.bars(limit=2)[1]), [0])
        self.assertIsNone(self.bars()[1]["bars"])
        self.assertNotIn("next_page_token", self.bars()[1])
        empty = self.bars(limit=2)[1]
        self.assertEqual(empty["bars"], {})
        self.assertEqual(minutes(self.bars(limit=2, page_token=empty["next_page_token"])[1]), [0, 1])


class Edits(ServerTest):
    arguments = ("--clock", "2031-03-04T10:10:00Z")

    def test_a_revised_bar_is_what_rest_tells_from_then_on(self):
        change = {"symbol": "BTC/USD", "set": [{"t": "2031-03-04T10:01:00Z", "c": 50001.5}], "remove": ["2031-03-04T10:02:00Z"]}
        self.server.control("bars", change)
        _, answer, _ = self.bars(end="2031-03-04T10:03:00Z")
        self.assertEqual(minutes(answer), [0, 1, 3])
        self.assertEqual(answer["bars"]["BTC/USD"][1]["c"], 50001.5)
        _, answer, _ = self.bars(timeframe="5Min", end="2031-03-04T10:03:00Z")
        self.assertEqual(answer["bars"]["BTC/USD"][0]["v"], 4.5)


if __name__ == "__main__":
    unittest.main()
