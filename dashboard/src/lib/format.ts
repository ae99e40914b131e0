// Numbers, times and durations as people read them. A missing value is a dash.

const DASH = "–";
type Maybe = number | null | undefined;
const absent = (value: Maybe): value is null | undefined =>
  value === null || value === undefined || !Number.isFinite(value);

// Made once: making one takes longer than a thousand uses of it.
const CENTS = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

export const money = (value: Maybe): string =>
  absent(value) ? DASH : CENTS.format(value).replace("-", value > -0.005 ? "" : "−");

export const number = (value: Maybe, digits = 3): string => {
  if (absent(value)) return DASH;
  const shown = value.toFixed(digits);
  return shown.replace("-", Number(shown) === 0 ? "" : "−");
};

/** `+1.25 %`, with a true minus sign. */
export function percent(value: Maybe, digits = 2): string {
  if (absent(value)) return DASH;
  const shown = Math.abs(value).toFixed(digits);
  const sign = Number(shown) === 0 ? "" : value > 0 ? "+" : "−";
  return `${sign}${shown} %`;
}

export const tone = (value: Maybe): string =>
  absent(value) || value === 0 ? "" : value > 0 ? "good" : "bad";

/** Seconds as `41 s`, `3 min`, `2 h 05 min`, `4 d 3 h`. */
export function duration(seconds: Maybe): string {
  if (absent(seconds)) return DASH;
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  const pad = (value: number) => String(value).padStart(2, "0");
  if (s < 86400) return `${Math.floor(s / 3600)} h ${pad(Math.floor((s % 3600) / 60))} min`;
  return `${Math.floor(s / 86400)} d ${Math.floor((s % 86400) / 3600)} h`;
}

/** `05:12:09` to a moment, for a countdown. */
export function clock(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds));
  return [Math.floor(s / 3600), Math.floor((s % 3600) / 60), s % 60]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
}

/** `2026-11-24 13:15`, in UTC or where the reader is; `short`: `13:15:20` alone. */
export function moment(value: string | number | null | undefined, utc: boolean, short = false): string {
  if (value === null || value === undefined) return DASH;
  const date = new Date(typeof value === "number" ? value * 1000 : value);
  if (Number.isNaN(date.getTime())) return DASH;
  const pad = (part: number) => String(part).padStart(2, "0");
  if (short)
    return utc
      ? date.toISOString().slice(11, 19)
      : `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
  return utc
    ? date.toISOString().slice(0, 16).replace("T", " ")
    : `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${pad(date.getHours())}:${pad(date.getMinutes())}`;
}

/** A value as a cell shows it: numbers to six digits, but for whole ones, which may be seeds or counts. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "number")
    return Number.isInteger(value) ? String(value) : String(+value.toPrecision(6));
  if (Array.isArray(value))
    return value.every((one) => typeof one !== "object") ? value.join(", ") : JSON.stringify(value);
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
