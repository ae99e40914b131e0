import { describe, expect, it } from "vitest";
import { csvOf } from "../app/continuous/csv";
import { apply, type View } from "./replay";
import type { Cycle, Frame, LiveStatus, Status, Verdict } from "./types";

const status = {
  schedule_id: "btc",
  name: "btc",
  status: "active",
  frozen: false,
  skip_next: false,
  health: "ok",
  health_reason: null,
  current_cycle: 16,
  running_cycle: null,
  deployed: null,
  next_cycle_at: "2026-11-23T18:00:20Z",
} as unknown as Status;
const cycle = (number: number, more: Partial<Cycle> = {}) =>
  ({
    schedule_id: "btc",
    cycle_number: number,
    status: "completed",
    model_version: number + 25,
    live: false,
    metrics: null,
    ...more,
  }) as Cycle;
const empty: View = { status, all: [status], cycles: [cycle(16, { live: true })], live: null, seq: 900 };
const replay = (view: View, ...frames: Frame[]) => frames.reduce(apply, view);

const start: Frame = {
  type: "continuous_cycle_start",
  seq: 901,
  schedule_id: "btc",
  cycle_number: 17,
  total_iterations: 20,
};
const progress: Frame = {
  type: "continuous_cycle_progress",
  seq: 904,
  schedule_id: "btc",
  cycle_number: 17,
  iteration: 14,
  total_iterations: 20,
  phase: "train",
  eta_s: 41,
};

describe("frames", () => {
  it("begin a cycle and move its progress", () => {
    const view = replay(empty, start, progress);
    expect(view.status?.running_cycle).toMatchObject({
      cycle_number: 17,
      iteration: 14,
      total_iterations: 20,
      phase: "train",
      eta_s: 41,
    });
    expect(view.status?.current_cycle).toBe(17);
    expect(view.seq).toBe(904);
  });
  it("end a cycle with what the row says", () => {
    const running = replay(
      { ...empty, cycles: [cycle(17, { status: "running", model_version: null }), ...empty.cycles] },
      start,
      progress,
    );
    const view = replay(running, {
      type: "continuous_cycle_complete",
      seq: 909,
      schedule_id: "btc",
      cycle_number: 17,
      model_version: 42,
      decision: "deployed",
      metrics: { oos_pnl_pct: 0.12 },
    });
    expect(view.status?.running_cycle).toBeNull();
    expect(view.cycles[0]).toMatchObject({
      status: "completed",
      model_version: 42,
      decision: "deployed",
      metrics: { oos_pnl_pct: 0.12 },
    });
  });
  it("tell cancelled from failed", () => {
    const of = (reason: string) =>
      replay(empty, {
        type: "continuous_cycle_failed",
        seq: 905,
        schedule_id: "btc",
        cycle_number: 16,
        reason,
      }).cycles[0]?.status;
    expect([of("cancelled"), of("timeout")]).toEqual(["cancelled", "failed"]);
  });
  it("hand the live badge on at a deployment", () => {
    const view = replay(
      {
        ...empty,
        status: { ...(empty.status as Status), trader_running: true },
        cycles: [cycle(17), cycle(16, { live: true })],
      },
      {
        type: "continuous_model_deployed",
        seq: 910,
        ts: "2026-11-23T12:04:00Z",
        schedule_id: "btc",
        cycle_number: 17,
        checkpoint_path: "models/v42",
        model_version: 42,
        sha256: "9f",
      },
    );
    expect(view.cycles.map((row) => row.live)).toEqual([true, false]);
    expect(view.cycles[1]?.undeployed_at).toBe("2026-11-23T12:04:00Z");
    expect(view.status?.deployed).toMatchObject({ model_version: 42, sha256: "9f", served: true });
  });
  it("do not guess who took a model before a trader is known", () => {
    const view = replay(empty, {
      type: "continuous_model_deployed",
      seq: 910,
      ts: "2026-11-23T12:04:00Z",
      schedule_id: "btc",
      cycle_number: 16,
      checkpoint_path: "models/v42",
      model_version: 42,
      sha256: "9f",
    });
    expect(view.status?.deployed).toMatchObject({ model_version: 42, served_by: null });
  });
  it("change the status; why it was changed is not how healthy it is", () => {
    const view = replay(empty, {
      type: "continuous_status_change",
      seq: 911,
      schedule_id: "btc",
      status: "paused",
      next_cycle_at: null,
      frozen: true,
      reason: "exchange upgrade",
    });
    expect(view.status).toMatchObject({
      status: "paused",
      next_cycle_at: null,
      frozen: true,
      health_reason: null,
    });
  });
  it("halt the trader at once, and release it", () => {
    const live = { state: "active", state_reason: null } as unknown as LiveStatus;
    const halted = replay(
      { ...empty, live },
      { type: "live_halt_change", seq: 912, schedule_id: "btc", state: "halted", reason: "drawdown of 30 %" },
    );
    expect(halted.live).toMatchObject({ state: "halted", state_reason: "drawdown of 30 %" });
    const again = replay(halted, {
      type: "live_halt_change",
      seq: 913,
      schedule_id: "btc",
      state: "active",
      reason: null,
    });
    expect(again.live).toMatchObject({ state: "active", state_reason: null });
  });
  it("carry verdicts to the schedule they are of, those of the machine to all", () => {
    const eth = { ...status, schedule_id: "eth" } as Status;
    const both = { ...empty, all: [status, eth] };
    const gone: Verdict = {
      level: "critical",
      condition: "trader_gone",
      reason: "gone",
      command: null,
      since: null,
      conditions: [],
    };
    const one = replay(both, { type: "verdict_change", schedule_id: "eth", verdict: gone });
    expect(one.all.map((each) => each.verdict?.condition)).toEqual([undefined, "trader_gone"]);
    expect(one.status?.verdict).toBeUndefined();
    const all = replay(both, { type: "verdict_change", schedule_id: null, verdict: gone });
    expect(all.status?.verdict?.condition).toBe("trader_gone");
  });
  it("seen before, or of another schedule, change nothing", () => {
    expect(replay(empty, { ...start, seq: 900 })).toBe(empty);
    expect(replay(empty, { ...start, schedule_id: "eth" }).status?.running_cycle).toBeNull();
    expect(replay(empty, { type: "of_tomorrow", seq: 950 })).toMatchObject({ seq: 950, status });
  });
  it("keep the trader's account current", () => {
    const live = {
      equity: 1,
      pnl: 0,
      pnl_pct: 0,
      total_bars: 7,
      position: "cash",
      model_version: 41,
    } as unknown as LiveStatus;
    const view = replay(
      { ...empty, live },
      { type: "live_bar", timestamp: 1_795_435_220 },
      { type: "live_action", position: "asset", quantity: 0.44, model_version: 42 },
      {
        type: "live_portfolio",
        equity: 10_100,
        pnl: 100,
        pnl_pct: 1,
        drawdown_pct: 0,
        entry_price: 5,
        cash: 1,
      },
    );
    expect(view.live).toMatchObject({
      equity: 10_100,
      pnl_pct: 1,
      total_bars: 8,
      position: "asset",
      position_qty: 0.44,
      model_version: 42,
      last_bar_at: "2026-11-23T12:00:20.000Z",
    });
  });
});

describe("the spreadsheet", () => {
  it("quotes what needs it and gives no formula away", () => {
    const text = csvOf([cycle(1, { reason: "=1+1", decision_reason: 'says "no", twice' })]);
    expect(text).toContain("'=1+1");
    expect(text).toContain('"says ""no"", twice"');
    expect(text.trim().split("\n")).toHaveLength(2);
  });
});
