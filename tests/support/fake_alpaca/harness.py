"""What the server's own tests share: a server process, a small csv, and calls that return status and JSON."""

import json
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import aiohttp

from .options import DEFAULT_KEYS

FOLDER = Path(__file__).resolve().parent
KEYS = {"APCA-API-KEY-ID": DEFAULT_KEYS[0], "APCA-API-SECRET-KEY": DEFAULT_KEYS[1]}
BARS = "/v1beta3/crypto/us/bars"


def write_candles(path, rows, start="2031-03-04T10:{:02d}:00Z"):
    """Minutes from ten o'clock on: rows of (minute, open, high, low, close, volume)."""
    lines = [start.format(minute) + "," + ",".join(map(str, values)) for minute, *values in rows]
    path.write_text("\n".join(["timestamp,open,high,low,close,volume", *lines]) + "\n")


# Ten minutes; minute k closes at 50000 + k. Minute 5 is absent, in minute 3 nothing was traded.
TEN = [(k, 50000 + k - 0.5, 50000 + k + 1, 50000 + k - 1, 50000 + k, 0 if k == 3 else 1.5) for k in range(10) if k != 5]


class Server:
    """A running server; `with` ends it."""

    def __init__(self, *arguments):
        self._process = subprocess.Popen([sys.executable, str(FOLDER), *arguments], stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(self._process.communicate()[1])
        self.at = json.loads(line)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    def end(self):
        """Closes its standard input; its exit status and what it said on standard error."""
        _, errors = self._process.communicate(timeout=10)
        return self._process.returncode, errors

    def ask(self, path, query=None, method="GET", body=None, headers=None):
        """(status, JSON or text, headers)."""
        url = self.at["rest"] + path + ("?" + urllib.parse.urlencode(query) if query else "")
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(url, data=data, method=method, headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                return response.status, _content(response.read()), response.headers
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, _content(refused.read()), refused.headers

    def control(self, path, body=None, method=None):
        status, value, _ = self.ask(f"/_control/{path}", method=method or ("GET" if body is None else "POST"), body=body)
        if status != 200:
            raise AssertionError(f"/_control/{path}: {value}")
        return value

    def trade(self, method, path, body=None, query=None):
        """A trading call with the right keys: (status, JSON)."""
        return self.ask(path, query, method, body, KEYS)[:2]


def _content(data):
    text = data.decode()
    try:
        return json.loads(text)
    except ValueError:
        return text


def minutes(answer, symbol="BTC/USD"):
    """The minutes after ten of an answer's bars."""
    return [int(bar["t"][14:16]) for bar in answer["bars"].get(symbol, [])]


class ServerTest(unittest.TestCase):
    """One server for a class, as new for each test; `arguments` follow `--candles`. The clock stands at its start."""

    rows, arguments, tls = TEN, ("--clock", "2031-03-04T10:00:00Z"), False

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        path = Path(cls.folder.name) / "candles.csv"
        write_candles(path, cls.rows)
        cls.server = Server("--candles", str(path), "--timeframe", "1m", *cls.arguments)

    @classmethod
    def tearDownClass(cls):
        status, errors = cls.server.end()
        cls.folder.cleanup()
        if status != 0 or errors:
            raise AssertionError(f"the server ended with {status}: {errors}")

    def setUp(self):
        self.server.control("reset", {})

    def bars(self, **query):
        query = {"symbols": "BTC/USD", "timeframe": "1Min", "start": "2031-03-04T10:00:00Z", **query}
        return self.server.ask(BARS, {name: value for name, value in query.items() if value is not None})

    def fault(self, kind, **members):
        return self.server.control("faults", {"fault": kind, **members})["ids"][0]


class TradingTest(ServerTest):
    """A market that stands at 50,000, and an account to trade on."""

    arguments = ("--clock", "end", "--rate-limit", "0")

    def setUp(self):
        super().setUp()
        self.server.control("prices", {"BTC/USD": 50000})
        self.server.control("broker", {"fills": "immediate", "fill_delay_s": 0})

    def order(self, **members):
        body = {"symbol": "BTC/USD", "side": "buy", "type": "market", "time_in_force": "gtc", **members}
        return self.server.trade("POST", "/v2/orders", {name: value for name, value in body.items() if value is not None})

    def get(self, path, **query):
        return self.server.trade("GET", path, query=query)[1]

    def looked_up(self, name):
        return self.get("/v2/orders:by_client_order_id", client_order_id=name)


class Socket:
    """A WebSocket client that reads JSON."""

    def __init__(self, session, url):
        self._session, self._url = session, url

    async def __aenter__(self):
        self.raw = await self._session.ws_connect(self._url, autoping=True)
        return self

    async def __aexit__(self, *_):
        await self.raw.close()

    async def send(self, **message):
        await self.raw.send_str(json.dumps(message))

    async def next(self, seconds=2):
        """The next message's JSON; None when the connection has ended."""
        message = await self.raw.receive(seconds)
        if message.type in (aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY):
            return json.loads(message.data)
        return None

    async def login(self, *symbols):
        """Greeted, authenticated and subscribed to bars and their corrections."""
        await self.next()
        await self.send(action="auth", key=DEFAULT_KEYS[0], secret=DEFAULT_KEYS[1])
        reply = await self.next()
        if symbols:
            await self.send(action="subscribe", bars=list(symbols), updatedBars=list(symbols))
            reply = await self.next()
        return reply
