import { create } from "zustand";

/** Whether the browser tells what has become worse while nobody looks; the person decides. */
interface AlarmState {
  on: boolean;
  possible: boolean;
  toggle(): Promise<void>;
}

const KEY = "ctt.alarms";
const possible = typeof Notification !== "undefined";

export const useAlarms = create<AlarmState>()((set, get) => ({
  possible,
  on: possible && Notification.permission === "granted" && localStorage.getItem(KEY) === "yes",
  toggle: async () => {
    const on = !get().on && (await Notification.requestPermission()) === "granted";
    localStorage.setItem(KEY, on ? "yes" : "no");
    set({ on });
  },
}));

/** One notification for each subject: a newer one takes the place of the older. */
export function ring(subject: string, text: string): void {
  if (!useAlarms.getState().on) return;
  new Notification(`ctt: ${subject}`, { body: text, tag: `ctt-${subject}`, icon: "/icon-alarm.svg" });
}
