import { create } from "zustand";
import { useShallow } from "zustand/react/shallow";
import { askedSchedule, path, queryWith } from "../lib/address";
import { get as ask } from "../lib/api";
import { apply, isLifecycle, type View } from "../lib/replay";
import type { Cycle, Frame, LiveStatus, Status, Verdict } from "../lib/types";
import { alarmOf } from "../lib/verdict";
import { ring } from "./alarmStore";

export type Connection = {
  state: "connecting" | "live" | "stale" | "waiting" | "refused";
  retryAt?: number;
  since?: number; // when the last sign of life came
};

interface ContinuousState extends View {
  chosen: string | null; // the schedule of the address
  lives: Record<string, LiveStatus>; // by schedule
  newest: Record<string, Cycle | null>; // newest cycle by schedule
  connection: Connection;
  readOnly: boolean;
  clockOffset: number; // server's clock minus ours, milliseconds
  heard: number; // when the newest frame or answer came
  turn: number; // rises when the tables have changed
  announcement: string; // for the polite live region
  loaded: boolean;
  failures: Frame[]; // what was asked for and failed in the background, the newest last
  unknown: string | null; // the schedule of the address, which is not there
  points: Frame[]; // newest bars and portfolios of the schedule, for the charts
  connect(connection: Connection): void;
  take(frame: Frame): void;
  choose(id: string | null): void; // null: whichever there is
  dismiss(failure: Frame): void;
  refresh(): Promise<void>;
  pulse(): Promise<void>; // whether the trader still runs: one that is killed says nothing
}

const POINTS_MAX = 2000;
let refreshing: ReturnType<typeof setTimeout> | undefined;

function announcementOf(frame: Frame): string | undefined {
  if (frame.type === "continuous_model_deployed") return `Model v${frame.model_version} is deployed.`;
  if (frame.type === "continuous_status_change") return `The schedule is ${frame.status}.`;
  if (frame.type === "continuous_cycle_failed") return `Cycle ${frame.cycle_number} failed: ${frame.reason}.`;
  if (frame.type === "command_failed") return `What was asked for failed: ${frame.message}.`;
  if (frame.type === "live_halt_change") return `The trader is ${frame.state}.`;
  return undefined;
}

export const useContinuous = create<ContinuousState>()((set, get) => {
  // A refresh that fails changes nothing: the badge tells of the connection, and the next one comes with it.
  const refreshSoon = () => {
    if (refreshing !== undefined) return;
    refreshing = setTimeout(() => {
      refreshing = undefined;
      get()
        .refresh()
        .catch(() => undefined);
    }, 250);
  };
  const judge = (of: string | null, before: Verdict | null | undefined, after: Verdict) => {
    const alarm = alarmOf(before, after, of);
    if (!alarm) return;
    ring(of ?? "ctt", alarm);
    set({ announcement: alarm });
  };
  return {
    status: null,
    all: [],
    chosen: askedSchedule(),
    lives: {},
    newest: {},
    cycles: [],
    live: null,
    seq: 0,
    connection: { state: "connecting" },
    readOnly: false,
    clockOffset: 0,
    heard: 0,
    turn: 0,
    announcement: "",
    loaded: false,
    failures: [],
    unknown: null,
    points: [],

    connect: (connection) => set({ connection }),

    take: (frame) => {
      const heard = Date.now();
      if (frame.type === "pong") {
        set({ heard });
        return;
      }
      if (frame.type === "hello") {
        const clockOffset = Date.parse(frame.server_time as string) - heard;
        set({ clockOffset, heard, readOnly: frame.read_only === true });
        const status = frame.status as Status | null; // of the only schedule; of several it is null
        const chosen = get().chosen;
        if (status && (chosen === null || chosen === status.schedule_id))
          set({ status, live: frame.live as LiveStatus | null });
        if (get().seq === 0) set({ seq: frame.seq ?? 0 });
        get()
          .refresh()
          .catch(() => undefined);
        return;
      }
      if (frame.type === "resync") {
        set({ seq: frame.seq ?? 0, heard, points: [] });
        get()
          .refresh()
          .catch(() => undefined);
        return;
      }
      const before = get();
      if (frame.type === "verdict_change") {
        const of = frame.schedule_id as string | null;
        const known = before.all.find((status) => status.schedule_id === of) ?? before.status;
        judge(of, known?.verdict, frame.verdict as Verdict);
      }
      const { status, all, cycles, live, seq } = apply(before, frame);
      const announcement = announcementOf(frame) ?? get().announcement;
      const mine = frame.schedule_id === undefined || frame.schedule_id === before.status?.schedule_id;
      const points =
        mine && (frame.type === "live_bar" || frame.type === "live_portfolio")
          ? [...before.points.slice(1 - POINTS_MAX), frame]
          : before.points;
      set({ status, all, cycles, live, seq, heard, announcement, points });
      if (frame.type === "command_failed") set({ failures: [...get().failures.slice(-2), frame] });
      if (isLifecycle(frame) || frame.type === "verdict_change") refreshSoon();
    },

    dismiss: (failure) => set({ failures: get().failures.filter((other) => other !== failure) }),

    choose: (id) => {
      history.replaceState(null, "", location.pathname + queryWith({ schedule: id, session: null }));
      set({ chosen: id, points: [] });
      get()
        .refresh()
        .catch(() => undefined);
    },

    pulse: async () => {
      const id = get().live?.running ? get().live?.schedule_id : null;
      if (!id) return;
      const now = await ask<LiveStatus>(path("live/status", { schedule_id: id }));
      if (!now.running && get().live?.schedule_id === id) await get().refresh();
    },

    refresh: async () => {
      const { items: all } = await ask<{ items: Status[] }>("continuous/schedules");
      const wanted = get().chosen;
      // Another one in its place would be steered by mistake.
      const shown = wanted ?? get().status?.schedule_id;
      const same = all.find((status) => status.schedule_id === shown);
      const one = wanted === null ? (same ?? all[0]) : same;
      const unknown = one || all.length === 0 ? null : wanted;
      const status = unknown === null ? (one ?? (await ask<Status>("continuous/status"))) : null;
      const lives: Record<string, LiveStatus> = {};
      const newest: Record<string, Cycle | null> = {};
      let cycles: Cycle[] = [];
      await Promise.all(
        all.map(async (each) => {
          const id = each.schedule_id ?? "";
          const limit = each === one ? 20 : 1;
          const [live, page] = await Promise.all([
            ask<LiveStatus>(path("live/status", { schedule_id: id })),
            ask<{ items: Cycle[] }>(path("continuous/history", { schedule_id: id, limit })),
          ]);
          lives[id] = live;
          newest[id] = page.items[0] ?? null;
          if (each === one) cycles = page.items;
        }),
      );
      if (get().chosen !== wanted) return; // another was chosen meanwhile: its own answer comes
      for (const each of all) {
        const known = get().all.find((before) => before.schedule_id === each.schedule_id);
        if (get().loaded && known && each.verdict) judge(each.schedule_id, known.verdict, each.verdict);
      }
      const live = one ? (lives[one.schedule_id ?? ""] ?? null) : null;
      const begun = live?.session_id !== get().live?.session_id;
      set({
        status,
        all,
        lives,
        newest,
        live,
        cycles,
        heard: Date.now(),
        loaded: true,
        unknown,
        turn: get().turn + 1,
      });
      if (begun) set({ points: [] });
    },
  };
});

/** Parts of the state: who reads them is drawn anew when one of them changes, not with each bar that comes. */
export const useParts = <Key extends keyof ContinuousState>(...keys: Key[]): Pick<ContinuousState, Key> =>
  useContinuous(
    useShallow(
      (state) => Object.fromEntries(keys.map((key) => [key, state[key]])) as Pick<ContinuousState, Key>,
    ),
  );
