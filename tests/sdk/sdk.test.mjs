// Alpaca's own SDK against the fake: what the official client asks, the fake must answer, and in the shape it reads.
// `node --test`, with the addresses of a running fake in FAKE_ALPACA (what it announces).
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as sdk from "@alpacahq/alpaca-trade-api";

const { marketData, streaming, trading } = sdk;
const fake = JSON.parse(process.env.FAKE_ALPACA);
const keys = { keyId: fake.key, secret: fake.secret };
const configured = (Kind) => new Kind({ ...keys, basePath: fake.rest });
const toTrade = configured(trading.Configuration);
const toRead = configured(marketData.Configuration);
const orders = new trading.OrdersApi(toTrade);
const positions = new trading.PositionsApi(toTrade);
const crypto = new marketData.CryptoApi(toRead);

async function control(path, body) {
  const answer = await fetch(`${fake.control}/${path}`, { method: "POST", body: JSON.stringify(body) });
  assert.equal(answer.status, 200, await answer.clone().text());
  return answer.json();
}

const buy = (more) => ({ symbol: "BTC/USD", side: "buy", type: "market", timeInForce: "gtc", ...more });

/** Resolves with the first value that `register` hands to its callback. */
function first(register, what) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${what}: not within 10 s`)), 10_000);
    register((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}

before(() => control("prices", { "BTC/USD": 50000 }));

test("the account has its dollars and may trade", async () => {
  const account = await new trading.AccountsApi(toTrade).getAccount();
  assert.equal(account.status, "ACTIVE");
  assert.equal(account.cash, "100000");
  assert.equal(account.tradingBlocked, false);
});

test("assets are found by their symbol", async () => {
  const assets = new trading.AssetsApi(toTrade);
  assert.ok((await assets.getV2Assets({ assetClass: "crypto" })).some((asset) => asset.symbol === "BTC/USD"));
  const bitcoin = await assets.getV2AssetsSymbolOrAssetId({ symbolOrAssetId: "BTC/USD" });
  assert.equal(bitcoin.tradable, true);
});

test("clocks and the calendar are read", async () => {
  const clocks = new trading.ClockApi(toTrade);
  assert.ok((await clocks.legacyClock()).timestamp instanceof Date);
  const [clock] = (await clocks.clock({ markets: "CRYPTO" })).clocks;
  assert.equal(clock.phase, "core");
  assert.ok(clock.timestamp > new Date("2019-01-01"));
  const days = await new trading.CalendarApi(toTrade).legacyCalendar({ start: new Date("2031-03-03"), end: new Date("2031-03-09") });
  assert.equal(days.length, 5);
});

test("bars come in pages and in order", async () => {
  const query = { loc: "us", symbols: "BTC/USD", timeframe: "1Min", start: new Date("2020-01-01T00:00:00Z"), limit: 5 };
  const page = await crypto.cryptoBars(query);
  assert.equal(page.bars["BTC/USD"].length, 5);
  const next = await crypto.cryptoBars({ ...query, pageToken: page.nextPageToken });
  assert.ok(next.bars["BTC/USD"][0].t > page.bars["BTC/USD"][4].t);
});

test("what is newest is read: bar, trade, quote, order book, snapshot", async () => {
  const query = { loc: "us", symbols: "BTC/USD" };
  assert.ok((await crypto.cryptoLatestBars(query)).bars["BTC/USD"].c > 0);
  assert.equal((await crypto.cryptoLatestTrades(query)).trades["BTC/USD"].p, 50000);
  assert.ok((await crypto.cryptoLatestQuotes(query)).quotes["BTC/USD"].ap >= 50000);
  const book = (await crypto.cryptoLatestOrderbooks(query)).orderbooks["BTC/USD"];
  assert.ok(book.b[0].p > book.b[1].p && book.a[0].p < book.a[1].p);
  assert.ok((await crypto.cryptoSnapshots(query)).snapshots["BTC/USD"].minuteBar.c > 0);
});

test("an order is sent, found, told of by the stream, and held as a position", async () => {
  const stream = new streaming.TradingStream({ credentials: keys, url: fake.trading_stream, reconnect: false });
  after(() => stream.disconnect());
  stream.subscribeTradeUpdates();
  const listening = first((done) => stream.on("subscription", done), "listening");
  const filled = first((done) => stream.onTradeUpdate((update) => update.event === "fill" && done(update)), "the fill");
  stream.connect();
  await listening;
  const sent = await orders.postOrder({ postOrderRequest: buy({ qty: "0.01", clientOrderId: "sdk-1" }) });
  assert.equal((await filled).order.id, sent.id);
  const found = await orders.getOrderByClientOrderId({ clientOrderId: "sdk-1" });
  assert.equal(found.status, "filled");
  assert.equal((await positions.getAllOpenPositions())[0].qty, "0.009975");
  const fills = await new trading.AccountActivitiesApi(toTrade).getAccountActivitiesByActivityType({ activityType: "FILL" });
  assert.equal(fills.length, 1);
  assert.equal((await new trading.AccountActivitiesApi(toTrade).getAccountActivities({})).length, 1);
});

test("an order that rests is listed and cancelled", async () => {
  const order = buy({ type: "limit", limitPrice: "40000", qty: "0.01" });
  const sent = await orders.postOrder({ postOrderRequest: order });
  assert.deepEqual((await orders.getAllOrders({ status: "open" })).map(({ id }) => id), [sent.id]);
  await orders.deleteOrderByOrderID({ orderId: sent.id });
  assert.equal((await orders.getOrderByOrderID({ orderId: sent.id })).status, "canceled");
});

test("the position is closed", async () => {
  await positions.deleteOpenPosition({ symbolOrAssetId: "BTCUSD" });
  assert.deepEqual(await positions.getAllOpenPositions(), []);
});

test("the crypto stream is spoken in MessagePack", async () => {
  const stream = new streaming.CryptoDataStream({ credentials: keys, url: `${fake.stream}/v1beta3/crypto/us`, reconnect: false });
  after(() => stream.disconnect());
  stream.subscribeForBars(["BTC/USD"]);
  const subscribed = first((done) => stream.on("subscription", (to) => to.bars.length && done(to)), "the subscription");
  const barred = first((done) => stream.onBar(done), "the bar");
  stream.connect();
  await subscribed;
  await control("clock", { advance_s: 60 });
  const bar = await barred;
  assert.equal(bar.symbol, "BTC/USD");
  assert.equal(bar.timestamp.getTime() % 60_000, 0);
});
