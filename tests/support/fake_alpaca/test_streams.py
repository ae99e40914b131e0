"""The bar stream and its faults."""

import asyncio
import unittest

import aiohttp

from .harness import KEYS, ServerTest, Socket
from .options import DEFAULT_KEYS

BTC = "BTC/USD"


class StreamTest(ServerTest, unittest.IsolatedAsyncioTestCase):
    arguments = ("--clock", "2031-03-04T10:00:00Z", "--auth-seconds", "0.4")

    async def asyncSetUp(self):
        self.session = aiohttp.ClientSession()

    async def asyncTearDown(self):
        await self.session.close()

    def socket(self):
        return Socket(self.session, self.server.at["stream"] + "/v1beta3/crypto/us")

    async def control(self, path, body):
        return await asyncio.to_thread(self.server.control, path, body)


class Conversation(StreamTest):
    async def test_greeting_authentication_subscription_state(self):
        async with self.socket() as client:
            self.assertEqual(await client.next(), [{"T": "success", "msg": "connected"}])
            await client.send(action="subscribe", bars=[BTC])
            self.assertEqual((await client.next())[0]["code"], 401)
            await client.send(action="auth", key="PKX", secret="x")
            self.assertEqual(await client.next(), [{"T": "error", "code": 402, "msg": "auth failed"}])
            await client.send(action="auth", key=DEFAULT_KEYS[0], secret=DEFAULT_KEYS[1])
            self.assertEqual(await client.next(), [{"T": "success", "msg": "authenticated"}])
            await client.send(action="auth", key=DEFAULT_KEYS[0], secret=DEFAULT_KEYS[1])
            self.assertEqual((await client.next())[0]["code"], 403)
            await client.send(action="subscribe", bars=[BTC])
            await client.next()
            await client.send(action="subscribe", updatedBars=["ETH/USD"])
            state = (await client.next())[0]
            self.assertEqual((state["bars"], state["updatedBars"], state["trades"]), ([BTC], ["ETH/USD"], []))
            await client.send(action="unsubscribe", bars=[BTC])
            self.assertEqual((await client.next())[0]["bars"], [])

    async def test_what_it_does_not_understand(self):
        async with self.socket() as client:
            await client.login()
            for message in ('{"action":"dance"}', "no json", '{"action":"subscribe"}', '{"action":"subscribe","bars":[]}',
                            '{"action":"subscribe","candles":["BTC/USD"]}', '{"action":"subscribe","bars":["BTCUSD"]}'):
                await client.raw.send_str(message)
                self.assertEqual((await client.next())[0]["code"], 400, message)

    async def test_who_does_not_authenticate_is_sent_away(self):
        async with self.socket() as client:
            await client.next()
            self.assertEqual((await client.next())[0]["code"], 404)
            self.assertIsNone(await client.next())

    async def test_one_connection_at_a_time(self):
        async with self.socket() as first, self.socket() as second:
            await first.login()
            self.assertEqual((await second.login())[0]["code"], 406)
            await first.raw.close()
            await second.send(action="auth", key=DEFAULT_KEYS[0], secret=DEFAULT_KEYS[1])
            self.assertEqual((await second.next())[0]["msg"], "authenticated")

    async def test_a_wrong_path_is_not_upgraded(self):
        with self.assertRaises(aiohttp.WSServerHandshakeError) as refused:
            await self.session.ws_connect(self.server.at["stream"] + "/v1beta2/crypto")
        self.assertEqual(refused.exception.status, 404)

    async def test_faults_of_the_start(self):
        for fault in ({"fault": "no_greeting"}, {"fault": "auth_error", "code": 406, "times": 2},
                      {"fault": "ack_missing_keys"}, {"fault": "ack_drop_symbol"}, {"fault": "subscribe_error"}):
            await self.control("faults", fault)
        auth = {"action": "auth", "key": DEFAULT_KEYS[0], "secret": DEFAULT_KEYS[1]}
        async with self.socket() as client:
            answers = []
            for message in (auth, auth, auth, *({"action": "subscribe", "bars": [BTC]} for _ in range(4))):
                await client.send(**message)
                answers.append((await client.next())[0])
            self.assertEqual([a.get("code") for a in answers[:3]], [406, 406, None])
            self.assertEqual(answers[3], {"T": "subscription", "bars": [BTC]})
            self.assertEqual(answers[5]["code"], 405)


    async def test_an_answer_to_authentication_that_is_late_or_never_comes(self):
        await self.control("faults", [{"fault": "auth_silent"}, {"fault": "auth_slow", "seconds": 0.1}])
        async with self.socket() as client:
            await client.next()
            await client.send(action="auth", key=DEFAULT_KEYS[0], secret=DEFAULT_KEYS[1])
            with self.assertRaises(asyncio.TimeoutError):
                await client.next(0.1)
            await client.send(action="auth", key=DEFAULT_KEYS[0], secret=DEFAULT_KEYS[1])
            self.assertEqual((await client.next())[0]["msg"], "authenticated")

    async def test_an_upgrade_may_be_refused(self):
        await self.control("faults", {"fault": "status", "status": 429, "match": {"path": "/v1beta3/crypto/us"}})
        with self.assertRaises(aiohttp.WSServerHandshakeError) as refused:
            async with self.socket():
                pass
        self.assertEqual(refused.exception.status, 429)

    async def test_keys_in_the_headers_of_the_upgrade_authenticate(self):
        url = self.server.at["stream"] + "/v1beta3/crypto/us"
        async with self.session.ws_connect(url, headers=KEYS) as raw:
            self.assertEqual((await raw.receive_json())[0]["msg"], "connected")
            self.assertEqual((await raw.receive_json())[0]["msg"], "authenticated")

    async def test_the_server_pings(self):
        async with self.socket() as client:
            await client.login(BTC)
            await self.control("stream", {"do": "ping"})
            with self.assertRaises(asyncio.TimeoutError):
                await client.next(0.1)  # the pong goes out while it reads
            (connection,) = [c for c in self.server.control("stream") if c["open"]]
            self.assertEqual(connection["pongs"], 1)


class Delivered(StreamTest):
    def setUp(self):
        self.server.control("clock", {"speed": 0})
        self.server.control("reset", {"now": "2031-03-04T10:00:00Z"})

    async def collect(self, client, seconds=0.2):
        """(T, minute) of every item until nothing comes any more."""
        found = []
        while True:
            try:
                message = await client.next(seconds)
            except asyncio.TimeoutError:
                return found
            if message is None:
                return [*found, None]
            found.append([(item["T"], int(item.get("t", "0" * 16)[14:16])) for item in message])

    async def listen(self, *faults, minutes=4):
        for fault in faults:
            await self.control("faults", fault)
        async with self.socket() as client:
            await client.login(BTC)
            await self.control("clock", {"advance_s": 60 * minutes})
            return await self.collect(client)

    async def test_a_bar_comes_when_its_minute_has_ended(self):
        async with self.socket() as client:
            await client.login(BTC)
            self.assertEqual((await self.control("clock", {"advance_s": 59.5}))["bars_sent"], 0)
            self.assertEqual((await self.control("clock", {"advance_s": 0.5}))["bars_sent"], 1)
            (bar,) = await client.next()
            self.assertEqual((bar["T"], bar["S"], bar["t"], bar["c"], bar["v"]), ("b", BTC, "2031-03-04T10:00:00Z", 50000, 1.5))

    async def test_faults_of_single_bars(self):
        found = await self.listen(
            {"fault": "duplicate_bar", "match": {"t": "2031-03-04T10:00:00Z"}},
            {"fault": "missing_bar", "match": {"t": "2031-03-04T10:01:00Z"}},
            {"fault": "late_bar", "match": {"t": "2031-03-04T10:02:00Z"}},
            {"fault": "unknown_type", "match": {"t": "2031-03-04T10:04:00Z"}},
            {"fault": "merge_next", "match": {"t": "2031-03-04T10:06:00Z"}},
            {"fault": "fragments", "match": {"t": "2031-03-04T10:07:00Z"}}, minutes=9)
        self.assertEqual(found, [[("b", 0)], [("b", 0)], [("b", 3)], [("b", 2)], [("zz", 0), ("b", 4)],
                                 [("b", 6), ("b", 7)], [("b", 8)]])

    async def test_a_corrected_bar_is_corrected_in_rest_too(self):
        await self.control("faults", {"fault": "corrected_bar", "close": 50000.75, "bars": 1})
        async with self.socket() as client:
            await client.login(BTC)
            await self.control("clock", {"advance_s": 120})
            messages = [(await client.next())[0] for _ in range(3)]
        self.assertEqual([(m["T"], m["c"]) for m in messages], [("b", 50000), ("b", 50001), ("u", 50000.75)])
        _, answer, _ = await asyncio.to_thread(lambda: self.bars(limit=1))
        self.assertEqual(answer["bars"][BTC][0]["c"], 50000.75)
        await self.control("bars", {"set": [{"t": "2031-03-04T10:00:00Z", "c": 50000, "h": 50001, "l": 49999}]})

    async def test_ends(self):
        # Three minutes each: 0 1 2, then 3 4, then 6 7 8.
        for kind, first, more in (("cut", 0, []), ("close_frame", 3, []), ("error", 6, [[("error", 0)]])):
            with self.subTest(kind):
                found = await self.listen({"fault": kind, "after": 1}, minutes=3)
                self.assertEqual(found, [[("b", first)], *more, None])

    async def test_silence_answers_pings_or_not(self):
        await self.control("faults", {"fault": "silence", "after": 1, "pong": False})
        async with self.socket() as client:
            await client.login(BTC)
            await self.control("clock", {"advance_s": 180})
            self.assertEqual(await self.collect(client), [[("b", 0)]])
            await self.control("stream", {"do": "resume"})
            await self.control("clock", {"advance_s": 60})
            self.assertEqual(await self.collect(client), [[("b", 3)]])

    async def test_garbage_and_members_nobody_knows(self):
        await self.control("faults", [{"fault": "garbage"}, {"fault": "extra_fields"}])
        async with self.socket() as client:
            await client.login(BTC)
            await self.control("clock", {"advance_s": 120})
            self.assertEqual((await client.raw.receive(1)).data, '[{"T":"b",')
            (bar,) = await client.next()
            self.assertEqual((bar["c"], bar["z"], bar["novelty"]), (50001, None, {"a": [1, 2]}))

    async def test_the_day_so_far_follows_the_bar(self):
        async with self.socket() as client:
            await client.login()
            await client.send(action="subscribe", bars=["*"], dailyBars=["*"])
            await client.next()
            await self.control("clock", {"advance_s": 120})
            await client.next()
            bar, day = await client.next()
        self.assertEqual((bar["T"], day["T"], day["t"], day["v"], day["c"]), ("b", "d", "2031-03-04T00:00:00Z", 3, 50001))

    async def test_a_test_may_send_what_it_likes(self):
        async with self.socket() as client:
            await client.login(BTC)
            await self.control("stream", {"do": "send", "messages": [{"T": "x"}]})
            self.assertEqual(await client.next(), [{"T": "x"}])
            (connection,) = [c for c in self.server.control("stream") if c["open"]]
            self.assertEqual(connection["received"][0], {"action": "auth", "key": "***", "secret": "***"})
            await self.control("stream", {"do": "cut"})
            self.assertIsNone(await client.next())

    async def test_a_moving_market_sends_by_itself(self):
        async with self.socket() as client:
            await client.login(BTC)
            await self.control("clock", {"speed": 1200})
            self.assertEqual([(await client.next())[0]["c"] for _ in range(3)], [50000, 50001, 50002])


if __name__ == "__main__":
    unittest.main()
