"""The stream of order updates and its faults."""

import asyncio
import json
import unittest

import aiohttp

from .options import DEFAULT_KEYS
from .harness import TradingTest


class Updates(TradingTest, unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.session = aiohttp.ClientSession()
        self.socket = await self.session.ws_connect(self.server.at["trading_stream"])

    async def asyncTearDown(self):
        await self.socket.close()
        await self.session.close()

    async def say(self, **message):
        await self.socket.send_str(json.dumps(message))
        return await self.next()

    async def next(self):
        self.last = await self.socket.receive(2)
        return json.loads(self.last.data)

    async def listen(self, **form):
        authorized = await self.say(**(form or {"action": "auth", "key": DEFAULT_KEYS[0], "secret": DEFAULT_KEYS[1]}))
        self.assertEqual(authorized["data"]["status"], "authorized")
        listening = await self.say(action="listen", data={"streams": ["trade_updates"]})
        self.assertEqual(listening, {"stream": "listening", "data": {"streams": ["trade_updates"]}})

    async def events(self, count, **order):
        await asyncio.to_thread(lambda: self.order(qty="0.01", **order))
        return [(await self.next())["data"] for _ in range(count)]

    async def test_nobody_listens_without_authorization(self):
        refused = await self.say(action="listen", data={"streams": ["trade_updates"]})
        self.assertEqual(refused["data"], {"status": "unauthorized", "action": "listen"})
        refused = await self.say(action="authenticate", data={"key_id": "x", "secret_key": "y"})
        self.assertEqual(refused["data"]["status"], "unauthorized")

    async def test_updates_are_binary_frames_in_the_order_of_events(self):
        await self.listen(action="authenticate", data={"key_id": DEFAULT_KEYS[0], "secret_key": DEFAULT_KEYS[1]})
        await asyncio.to_thread(self.server.control, "broker", {"fills": "partial"})
        found = await self.events(3)
        self.assertEqual(self.last.type, aiohttp.WSMsgType.BINARY)
        self.assertEqual([u["event"] for u in found], ["new", "partial_fill", "fill"])
        self.assertEqual([u.get("qty") for u in found], [None, "0.004", "0.006"])
        self.assertEqual([u.get("position_qty") for u in found], [None, "0.00399", "0.009975"])
        self.assertEqual(found[1]["order"]["filled_qty"], "0.004")

    async def test_faults_of_updates(self):
        await self.listen()
        for kind in ("missing_update", "duplicate_update"):
            await asyncio.to_thread(lambda: self.fault(kind, match={"stream": "trading"}))
        found = await self.events(2)
        self.assertEqual([u["event"] for u in found], ["fill", "fill"])
        await asyncio.to_thread(lambda: self.fault("null_data", match={"stream": "trading"}))
        await asyncio.to_thread(lambda: self.fault("cut", match={"stream": "trading"}))
        self.assertIsNone((await self.events(1))[0])

    async def test_updates_that_are_no_binary_json(self):
        await self.listen()
        for kind in ("text_frame", "garbage", "close_frame"):
            await asyncio.to_thread(lambda: self.fault(kind, match={"stream": "trading"}))
        await asyncio.to_thread(lambda: self.order(qty="0.01"))
        await asyncio.to_thread(lambda: self.order(qty="0.01"))
        types = [(await self.socket.receive(2)).type for _ in range(3)]
        self.assertEqual(types, [aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY, aiohttp.WSMsgType.CLOSE])


if __name__ == "__main__":
    unittest.main()
