// What a frame does to the view of a schedule. Pure, so that a recorded log gives the state that REST gives.
import type { Cycle, Frame, LiveStatus, Status, Verdict } from "./types";

export interface View {
  status: Status | null; // of the schedule that is looked at
  all: Status[]; // of every schedule
  cycles: Cycle[]; // newest first
  live: LiveStatus | null;
  seq: number;
}

const LIFECYCLE = new Set([
  "continuous_cycle_start",
  "continuous_cycle_complete",
  "continuous_cycle_failed",
  "continuous_cycle_skipped",
  "continuous_model_deployed",
  "continuous_status_change",
  "continuous_schedule_deleted",
  "live_halt_change",
  "live_status",
  "live_model_updated",
  "live_trade",
  "experiment_start",
  "experiment_end",
]);

/** Whether the tables have changed and are worth asking for again. */
export const isLifecycle = (frame: Frame): boolean => LIFECYCLE.has(frame.type);

function ended(view: View, frame: Frame, status: Cycle["status"]): View {
  const number = frame.cycle_number as number;
  const patch = { ...frame, status } as unknown as Partial<Cycle>;
  const cycles = view.cycles.map((cycle) => (cycle.cycle_number === number ? { ...cycle, ...patch } : cycle));
  const running = view.status?.running_cycle;
  const over = running && running.cycle_number === number;
  return {
    ...view,
    cycles,
    status: view.status && over ? { ...view.status, running_cycle: null } : view.status,
  };
}

function deployed(view: View, frame: Frame): View {
  const version = frame.model_version as number;
  const at = frame.ts ?? null;
  const cycles = view.cycles.map((cycle) => {
    if (cycle.model_version === version)
      return { ...cycle, live: true, deployed_at: at, undeployed_at: null };
    return cycle.live ? { ...cycle, live: false, undeployed_at: at } : cycle;
  }) as Cycle[];
  const status = view.status && {
    ...view.status,
    current_checkpoint_path: frame.checkpoint_path as string,
    deployed: {
      model_version: version,
      cycle_number: (frame.cycle_number as number | null) ?? null,
      checkpoint_path: frame.checkpoint_path as string,
      sha256: frame.sha256 as string,
      deployed_at: at,
      served: view.status.trader_running,
      // Without a trader that is known it is a replay, or a trader that began just now: the next answer says.
      served_by: view.status.trader_running ? "trader" : null,
    },
  };
  return { ...view, cycles, status: status as Status | null };
}

// A verdict of no schedule is the machine's: it holds for whatever is looked at.
function judged(view: View, frame: Frame): View {
  const verdict = frame.verdict as Verdict;
  const of = (frame.schedule_id as string | null) ?? null;
  const mine = (status: Status) => of === null || status.schedule_id === of;
  return {
    ...view,
    all: view.all.map((status) => (mine(status) ? { ...status, verdict } : status)),
    status: view.status && mine(view.status) ? { ...view.status, verdict } : view.status,
  };
}

/** Frames of another schedule, or seen before, change nothing of the schedule that is looked at. */
export function apply(view: View, frame: Frame): View {
  if (frame.seq !== undefined && frame.type !== "hello") {
    if (frame.seq <= view.seq) return view;
    view = { ...view, seq: frame.seq };
  }
  if (frame.type === "verdict_change") return judged(view, frame);
  if (frame.schedule_id !== undefined && view.status && frame.schedule_id !== view.status.schedule_id)
    return view;
  const { status, live } = view;
  switch (frame.type) {
    case "continuous_cycle_start":
    case "continuous_cycle_progress":
      if (!status) return view;
      return {
        ...view,
        status: {
          ...status,
          current_cycle: frame.cycle_number as number,
          running_cycle: {
            ...status.running_cycle,
            phase: "train",
            iteration: 0,
            ...frame,
          } as Status["running_cycle"],
        },
      };
    case "continuous_cycle_complete":
      return ended(view, frame, "completed");
    case "continuous_cycle_failed":
      return ended(view, frame, frame.reason === "cancelled" ? "cancelled" : "failed");
    case "continuous_model_deployed":
      return deployed(view, frame);
    case "continuous_status_change": {
      if (!status) return view;
      const next = {
        ...status,
        status: frame.status,
        next_cycle_at: frame.next_cycle_at,
        frozen: frame.frozen,
      } as Status;
      return { ...view, status: next };
    }
    case "live_halt_change":
      return live
        ? {
            ...view,
            live: { ...live, state: frame.state, state_reason: frame.reason ?? null } as LiveStatus,
          }
        : view;
    case "live_portfolio":
      return live ? { ...view, live: { ...live, ...pick(frame, PORTFOLIO) } } : view;
    case "live_bar":
      return live
        ? {
            ...view,
            live: {
              ...live,
              last_bar_at: new Date(1000 * (frame.timestamp as number)).toISOString(),
              total_bars: live.total_bars + 1,
            },
          }
        : view;
    case "live_action":
      return live
        ? {
            ...view,
            live: {
              ...live,
              position: frame.position,
              position_qty: frame.quantity ?? live.position_qty,
              model_version: frame.model_version,
            } as LiveStatus,
          }
        : view;
    default:
      return view;
  }
}

const PORTFOLIO = ["equity", "cash", "pnl", "pnl_pct", "drawdown_pct", "position_qty", "entry_price"];

function pick(frame: Frame, keys: string[]): Partial<LiveStatus> {
  return Object.fromEntries(
    keys.filter((key) => key in frame).map((key) => [key, frame[key]]),
  ) as Partial<LiveStatus>;
}
