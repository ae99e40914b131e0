import { describe, expect, it } from "vitest";
import { meanOf, pointsOf } from "../app/continuous/Trend";
import { parsed, settingsOf, withSetting } from "../app/packs/Edit";
import { drawdownOf, rising } from "../components/EquityChart";
import { path, queryWith } from "./address";
import { outOfSample } from "./clean";
import type { Condition, Cycle, Status, Verdict } from "./types";
import { alarmOf, FINE, worst } from "./verdict";

const cycle = (number: number, metrics: Record<string, unknown>) =>
  ({ cycle_number: number, status: "completed", deployed_at: null, metrics }) as unknown as Cycle;

describe("out of sample", () => {
  const clean = cycle(1, { oos_pnl_pct: 2, oos_clean: true, oos_bars: 100, hold_pct: 1 });
  const part = cycle(2, {
    oos_pnl_pct: 9,
    oos_clean: false,
    oos_bars: 100,
    clean_bars: 12,
    clean_pnl_pct: -1,
  });
  const learned = cycle(3, { oos_pnl_pct: 30, oos_clean: false, oos_bars: 100, clean_bars: 0 });
  it("is what bars say that nobody had learned from, and nothing else", () => {
    expect([clean, part, learned].map((one) => outOfSample(one).value)).toEqual([2, -1, null]);
    expect([clean, part, learned].map((one) => outOfSample(one).mark)).toEqual(["clean", "part", "learned"]);
  });
  it("has a mean of clean numbers alone", () => {
    const points = pointsOf([learned, part, clean], "oos_pnl_pct");
    expect(meanOf(points)).toEqual({ mean: 0.5, count: 2 });
    expect(points.map((point) => point.sign)).toEqual(["refused", "refused", "learned"]);
    expect(points.map((point) => point.hold)).toEqual([1, null, null]);
  });
});

describe("verdicts", () => {
  const of = (condition: string, level: Condition["level"]): Verdict => {
    const one = { condition, level, reason: `${condition}!`, command: null, since: null };
    return { ...one, conditions: [one] };
  };
  it("ring when something has become worse and when it is over, not while it lasts", () => {
    const gone = of("trader_gone", "critical");
    expect(alarmOf(FINE, gone, "btc")).toBe("trader_gone!");
    expect(alarmOf(gone, gone, "btc")).toBeNull();
    expect(alarmOf(FINE, of("schedule_paused", "notice"), "btc")).toBeNull();
    expect(alarmOf(gone, FINE, "btc")).toBe("btc is well again");
  });
  it("name the schedule that is worst off", () => {
    const all = [
      { schedule_id: "btc", verdict: of("cycle_late", "warning") },
      { schedule_id: "eth", verdict: of("halted", "critical") },
      { schedule_id: "sol", verdict: FINE },
    ] as unknown as Status[];
    expect(worst(all)?.schedule_id).toBe("eth");
    expect(worst([all[2] as Status])).toBeNull();
  });
});

describe("a curve", () => {
  it("is drawn of rising times with a value, whatever the rows hold", () => {
    expect(rising([1, 2, 2, 1, 3], [10, 11, 99, 99, null])).toEqual([
      { time: 1, value: 10 },
      { time: 2, value: 11 },
    ]);
  });
  it("has a drawdown from its highest value so far", () => {
    const depth = drawdownOf([100, 120, 90].map((value, time) => ({ time, value })));
    expect(depth.map(({ value }) => value)).toEqual([0, 0, -25]);
  });
});

describe("the address", () => {
  it("keeps what is looked at", () => {
    expect(queryWith({ schedule: "eth" }, "?session=live-1")).toBe("?session=live-1&schedule=eth");
    expect(queryWith({ session: null }, "?session=live-1")).toBe("");
    expect(path("live/equity", { schedule_id: "a b", session_id: null })).toBe(
      "live/equity?schedule_id=a%20b",
    );
  });
});

describe("a pack's settings", () => {
  const config = { lr: 0.001, model: { fcnet_hiddens: [64, 64] } };
  it("are changed one by one, under their paths, as what they are", () => {
    expect(settingsOf(config).map(([key]) => key)).toEqual(["lr", "model.fcnet_hiddens"]);
    expect(withSetting(config, "model.fcnet_hiddens", parsed("[8]"))).toEqual({
      lr: 0.001,
      model: { fcnet_hiddens: [8] },
    });
    expect([parsed("1e-4"), parsed("true"), parsed("tanh")]).toEqual([0.0001, true, "tanh"]);
  });
});
