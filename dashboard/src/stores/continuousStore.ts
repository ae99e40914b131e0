import { create } from "zustand";
import { get as ask } from "../lib/api";
import { apply, isLifecycle, type View } from "../lib/replay";
import type { Cycle, Frame, LiveStatus, Status } from "../lib/types";

export type Connection = {
  state: "connecting" | "live" | "waiting" | "refused";
  retryAt?: number;
  since?: number;
};

interface ContinuousState extends View {
  connection: Connection;
  clockOffset: number; // server's clock minus ours, milliseconds
  nextBefore: number | null; // cursor of the history's next page
  heard: number; // when the newest frame or answer came
  announcement: string; // for the polite live region
  loaded: boolean; // the history is there
  points: Frame[]; // newest bars and portfolios, for the charts
  connect(connection: Connection): void;
  take(frame: Frame): void;
  refresh(): Promise<void>;
  more(): Promise<void>;
}

interface Page {
  items: Cycle[];
  next_before: number | null;
}

const PAGE = 20;
const POINTS_MAX = 2000;
// A refresh that fails changes nothing: the badge tells of the connection, and the next one comes with it.
let refreshing: ReturnType<typeof setTimeout> | undefined;

function announcementOf(frame: Frame): string | undefined {
  if (frame.type === "continuous_model_deployed") return `Model v${frame.model_version} is deployed.`;
  if (frame.type === "continuous_status_change") return `The schedule is ${frame.status}.`;
  if (frame.type === "continuous_cycle_failed") return `Cycle ${frame.cycle_number} failed: ${frame.reason}.`;
  return undefined;
}

export const useContinuous = create<ContinuousState>()((set, get) => ({
  status: null,
  cycles: [],
  live: null,
  seq: 0,
  connection: { state: "connecting" },
  clockOffset: 0,
  nextBefore: null,
  heard: 0,
  announcement: "",
  loaded: false,
  points: [],

  connect: (connection) => set({ connection }),

  take: (frame) => {
    const heard = Date.now();
    if (frame.type === "hello") {
      const clockOffset = Date.parse(frame.server_time as string) - heard;
      set({
        status: frame.status as Status | null,
        live: frame.live as LiveStatus | null,
        clockOffset,
        heard,
      });
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
    const { status, cycles, live, seq } = apply(before, frame);
    const announcement = announcementOf(frame) ?? before.announcement;
    const points =
      frame.type === "live_bar" || frame.type === "live_portfolio" || frame.type === "live_trade"
        ? [...before.points.slice(1 - POINTS_MAX), frame]
        : before.points;
    set({ status, cycles, live, seq, heard, announcement, points });
    if (
      isLifecycle(frame) ||
      frame.type === "live_status" ||
      frame.type === "live_model_updated" ||
      frame.type === "live_trade"
    ) {
      clearTimeout(refreshing);
      refreshing = setTimeout(
        () =>
          get()
            .refresh()
            .catch(() => undefined),
        250,
      );
    }
  },

  refresh: async () => {
    const [status, live] = await Promise.all([
      ask<Status>("continuous/status"),
      ask<LiveStatus>("live/status"),
    ]);
    const history = status.schedule_id
      ? await ask<Page>(`continuous/history?limit=${PAGE}`)
      : { items: [], next_before: null };
    const newest = history.items;
    const oldest = newest.at(-1)?.cycle_number ?? 0;
    const older = get().cycles.filter((cycle) => cycle.cycle_number < oldest);
    const paged = older.length > 0;
    set({ status, live, cycles: [...newest, ...older], heard: Date.now(), loaded: true });
    if (!paged) set({ nextBefore: history.next_before });
  },

  more: async () => {
    const { nextBefore, cycles } = get();
    if (nextBefore === null) return;
    const page = await ask<Page>(`continuous/history?limit=${PAGE}&before=${nextBefore}`);
    set({ cycles: [...cycles, ...page.items], nextBefore: page.next_before });
  },
}));
