"""What Alpaca's SDKs ask beyond what ctt does: MessagePack, clocks of all markets, the calendar, order books."""

import asyncio
import unittest

import aiohttp

from . import packed
from .harness import DEFAULT_KEYS, ServerTest, TradingTest


@unittest.skipUnless(packed.spoken, "needs python3-msgpack")
class MessagePackTest(ServerTest):
    def test_bars_go_out_packed_to_who_asks_for_it_with_times_of_its_own(self):
        async def converse():
            url, asked = self.server.at["stream"] + "/v1beta3/crypto/us", {"Content-Type": "application/msgpack"}
            async with aiohttp.ClientSession() as session, session.ws_connect(url, headers=asked) as socket:
                async def read():
                    return packed.msgpack.unpackb((await socket.receive(2)).data)
                seen = [await read()]
                for message in ({"action": "auth", "key": DEFAULT_KEYS[0], "secret": DEFAULT_KEYS[1]},
                                {"action": "subscribe", "bars": ["BTC/USD"]}):
                    await socket.send_bytes(packed.msgpack.packb(message))
                    seen.append(await read())
                await asyncio.to_thread(self.server.control, "clock", {"advance_s": 60})
                return [*seen, await read()]
        greeting, authenticated, subscribed, (bar,) = asyncio.run(converse())
        self.assertEqual([greeting[0]["msg"], authenticated[0]["msg"]], ["connected", "authenticated"])
        self.assertEqual(subscribed[0]["bars"], ["BTC/USD"])
        self.assertEqual((bar["c"], bar["t"].seconds % 60), (50000, 0))


class ReadingTest(TradingTest):
    def test_the_clock_of_crypto_never_closes(self):
        clock, = self.get("/v3/clock", markets="CRYPTO")["clocks"]
        self.assertEqual((clock["market"]["acronym"], clock["phase"]), ("CRYPTO", "core"))

    def test_the_calendar_holds_weekdays(self):
        days = self.get("/v2/calendar", start="2031-03-03", end="2031-03-09")
        self.assertEqual([day["date"][8:] for day in days], ["03", "04", "05", "06", "07"])

    def test_an_order_book_begins_at_the_quote_in_every_location(self):
        for location in ("us", "us-1"):
            base, query = f"/v1beta3/crypto/{location}/latest", {"symbols": "BTC/USD"}
            book = self.server.ask(f"{base}/orderbooks", query)[1]["orderbooks"]["BTC/USD"]
            quote = self.server.ask(f"{base}/quotes", query)[1]["quotes"]["BTC/USD"]
            self.assertEqual((book["b"][0]["p"], book["a"][0]["p"]), (quote["bp"], quote["ap"]))
            self.assertLess(book["b"][1]["p"], book["b"][0]["p"])


if __name__ == "__main__":
    unittest.main()
