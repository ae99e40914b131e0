"""Faults of HTTP and the limiter."""

import http.client
import time
import unittest
import urllib.error

from .harness import BARS, ServerTest, minutes


class HttpFaults(ServerTest):
    arguments = ("--clock", "2031-03-04T10:10:00Z")

    def test_a_status_hits_so_many_requests_after_so_many(self):
        self.fault("status", match={"method": "GET", "path": BARS}, status=500, times=2, after=1)
        self.assertEqual([self.bars()[0] for _ in range(4)], [200, 500, 500, 200])

    def test_headers_of_a_429(self):
        self.fault("status", status=429)
        self.fault("status", status=429, retry_after=7, rate_headers=True, reset_in=9)
        bare, dressed = self.bars()[2], self.bars()[2]
        self.assertNotIn("Retry-After", bare)
        self.assertNotIn("X-RateLimit-Reset", bare)
        self.assertEqual((dressed["Retry-After"], dressed["X-RateLimit-Remaining"]), ("7", "0"))
        self.assertEqual(int(dressed["X-RateLimit-Reset"]), 1930385400 + 9)

    def test_a_proxys_page(self):
        self.fault("html")
        status, page, headers = self.bars()
        self.assertEqual((status, headers["Content-Type"].split(";")[0]), (200, "text/html"))
        self.assertIn("<html>", page)

    def test_connections_that_end_early(self):
        self.fault("reset")
        self.fault("close")
        self.fault("hang", seconds=0.1)
        for error in (ConnectionResetError, ConnectionError, ConnectionError):
            with self.assertRaises((error, urllib.error.URLError)):
                self.bars()
        self.assertEqual(self.bars()[0], 200)

    def test_half_a_body(self):
        self.fault("half_body")
        with self.assertRaises((http.client.IncompleteRead, ConnectionError)) as cut:
            self.bars()
        self.assertGreater(cut.exception.expected, 300)

    def test_slow_and_spoilt_bodies(self):
        self.fault("drip", bytes=400, interval_s=0.02)
        self.fault("delay", seconds=0.05)
        self.fault("bad_json")
        self.fault("content_type")
        self.fault("replace", find='"c":50001', **{"with": '"c":null'})
        started = time.monotonic()
        self.assertEqual(len(minutes(self.bars()[1])), 9)
        self.assertEqual(len(minutes(self.bars()[1])), 9)
        self.assertGreater(time.monotonic() - started, 0.08)
        self.assertIsInstance(self.bars()[1], str)
        self.assertTrue(self.bars()[2]["Content-Type"].startswith("text/plain"))
        self.assertIsNone(self.bars()[1]["bars"]["BTC/USD"][1]["c"])

    def test_a_huge_body(self):
        self.fault("huge", bytes=2_000_000)
        _, answer, headers = self.bars()
        self.assertEqual((answer["bars"], headers["Content-Length"]), ({}, "2000000"))

    def test_a_misspelt_fault_is_refused(self):
        for wrong in ({"fault": "nothing"}, {"fault": "status", "stat": 1}, {"fault": "reset", "match": {"pth": "/"}}):
            self.assertEqual(self.server.ask("/_control/faults", method="POST", body=wrong)[0], 400)

    def test_a_fault_tells_what_it_saw(self):
        number = self.fault("status", after=1, times=3)
        self.bars(), self.bars()
        (fault,) = self.server.control("faults")
        self.assertEqual((fault["id"], fault["seen"], fault["left"]), (number, 2, 2))
        self.assertEqual([entry["fault"] for entry in self.server.control("requests")], [None, number])


class Limiter(ServerTest):
    arguments = ("--clock", "end", "--rate-limit", "3", "--rate-headers", "both")

    def test_one_too_many(self):
        answers = [self.bars() for _ in range(4)]
        self.assertEqual([status for status, _, _ in answers], [200, 200, 200, 429])
        self.assertEqual(answers[3][1]["message"], "too many requests.")
        self.assertEqual(answers[3][2]["Retry-After"], "20")  # 3 a minute
        self.assertEqual([a[2]["X-RateLimit-Remaining"] for a in answers], ["2", "1", "0", "0"])


if __name__ == "__main__":
    unittest.main()
