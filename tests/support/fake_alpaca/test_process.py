"""The server as a process: its command line, its end, TLS, candles of other timeframes."""

import json
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request
from pathlib import Path

from .harness import BARS, FOLDER, TEN, Server, minutes, write_candles


class Process(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.csv = self.folder / "candles.csv"
        write_candles(self.csv, TEN)

    def bars(self, server, **query):
        query = {"symbols": "BTC/USD", "timeframe": "1Hour", "start": "2020-01-01", "limit": 10000, **query}
        return server.ask(BARS, query)[1]["bars"]["BTC/USD"]

    def test_it_ends_when_its_standard_input_closes(self):
        server = Server("--candles", str(self.csv))
        self.assertEqual(server.end(), (0, ""))

    def test_it_ends_with_its_parent(self):
        command = f"'{sys.executable}' '{FOLDER}' --candles '{self.csv}' </dev/null & read line"
        with subprocess.Popen(["sh", "-c", command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
            self.assertIn("rest", parent.stdout.readline())
            parent.kill()
            watch = threading.Thread(target=parent.stdout.read, daemon=True)  # its end is the server's
            watch.start()
            watch.join(5)
            self.assertFalse(watch.is_alive())

    def test_what_it_cannot_use_is_named(self):
        for arguments, reason in ((["--candles", "/nowhere.csv"], "/nowhere.csv"), ([], "no candles"),
                                  (["--candles", str(self.csv), "--clock", "soon"], "soon")):
            done = subprocess.run([sys.executable, str(FOLDER), *arguments], capture_output=True, text=True, check=False)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn(reason, done.stderr)

    def test_keys_of_a_file_are_not_printed(self):
        keys = self.folder / "keys"
        keys.write_text("PKMINE\nsecret-of-mine\n")
        with Server("--candles", str(self.csv), "--keys", str(keys)) as server:
            self.assertNotIn("MINE", json.dumps(server.at).upper())
            headers = {"APCA-API-KEY-ID": "PKMINE", "APCA-API-SECRET-KEY": "secret-of-mine"}
            self.assertEqual(server.ask("/v2/account", headers=headers)[0], 200)

    def test_hours_are_served_as_they_stand_and_split_into_minutes_that_add_up(self):
        self.csv.write_text("timestamp,open,high,low,close,volume\n"
                            "2031-03-04T10:00:00Z,100,130,90,120,6\n2031-03-04T11:00:00Z,120,121,80,81.5,3\n")
        with Server("--candles", str(self.csv)) as whole, Server("--candles", str(self.csv), "--split") as pieces:
            as_they_stand, added_up = self.bars(whole), self.bars(pieces)
            self.assertEqual(len(self.bars(pieces, timeframe="1Min")), 120)
            self.assertEqual(whole.ask(BARS, {"symbols": "BTC/USD", "timeframe": "1Min"})[0], 400)
        for field in ("t", "o", "h", "l", "c", "v"):
            self.assertEqual([bar[field] for bar in as_they_stand], [bar[field] for bar in added_up], field)

    def test_rebased_candles_end_now(self):
        with Server("--candles", str(self.csv), "--rebase") as server:
            newest = server.ask("/v1beta3/crypto/us/latest/bars", {"symbols": "BTC/USD"})[1]["bars"]["BTC/USD"]["t"]
        behind = time.time() - time.mktime(time.strptime(newest + "GMT", "%Y-%m-%dT%H:%M:%SZ%Z")) + time.timezone
        self.assertTrue(60 <= behind < 125, behind)

    def test_faults_to_start_with_and_a_bar_that_is_late_by_rest(self):
        faults = self.folder / "faults.json"
        faults.write_text('[{"fault":"status","status":503}]')
        with Server("--candles", str(self.csv), "--faults", str(faults), "--rest-lag", "2") as server:
            query = {"symbols": "BTC/USD", "timeframe": "1Min", "start": "2031-03-04T10:07:00Z"}
            self.assertEqual(server.ask(BARS, query)[0], 503)
            self.assertEqual(minutes(server.ask(BARS, query)[1]), [7, 8])
            server.control("clock", {"advance_s": 2})
            self.assertEqual(minutes(server.ask(BARS, query)[1]), [7, 8, 9])

    def test_tls(self):
        with Server("--candles", str(self.csv), "--tls", str(self.folder / "tls")) as plain:
            context = ssl.create_default_context(cafile=plain.at["ca"])
            url = plain.at["rest"] + "/v1beta3/crypto/us/latest/bars?symbols=BTC/USD"
            with urllib.request.urlopen(url, context=context, timeout=5) as response:
                self.assertEqual(response.status, 200)
            with self.assertRaises(urllib.error.URLError):
                urllib.request.urlopen(url, timeout=5)

    def test_pages_of_hours_span_ten_thousand_minutes(self):
        with Server("--generate", "20000") as server:
            self.assertEqual([len(self.bars(server)), len(self.bars(server, timeframe="1Min"))], [166, 10000])


if __name__ == "__main__":
    unittest.main()
