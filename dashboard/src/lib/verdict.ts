// What a verdict looks like: sign, word and tone of its level, and what the page's title and icon say of it.
import type { Level, Status, Verdict } from "./types";

export const WORDS: Record<Level, { sign: string; word: string; tone: string }> = {
  ok: { sign: "✓", word: "well", tone: "good" },
  notice: { sign: "✓", word: "well", tone: "good" },
  warning: { sign: "▲", word: "look here", tone: "warn" },
  critical: { sign: "■", word: "act now", tone: "bad" },
};
const RANK: Record<Level, number> = { ok: 0, notice: 1, warning: 2, critical: 3 };

export const FINE: Verdict = {
  level: "ok",
  condition: null,
  reason: null,
  command: null,
  since: null,
  conditions: [],
};

export const isBad = (verdict: Verdict | null | undefined): boolean => RANK[verdict?.level ?? "ok"] >= 2;

/** The code of a condition as words: `trader_gone` is `trader gone`. */
export const nameOf = (code: string | null): string => (code ?? "").replaceAll("_", " ");

/** The schedule that is worst off, or nothing when none is badly off. */
export function worst(all: Status[]): Status | null {
  const bad = all.filter((status) => isBad(status.verdict));
  bad.sort((a, b) => RANK[b.verdict?.level ?? "ok"] - RANK[a.verdict?.level ?? "ok"]);
  return bad[0] ?? null;
}

/** What a person is told aloud when a verdict changes: only what has become worse, or is over. */
export function alarmOf(
  before: Verdict | null | undefined,
  after: Verdict,
  of: string | null,
): string | null {
  const known = new Set(before?.conditions.map((one) => one.condition));
  const fresh = after.conditions.find((one) => RANK[one.level] >= 2 && !known.has(one.condition));
  if (fresh) return fresh.reason;
  if (isBad(before) && !isBad(after)) return `${of ?? "ctt"} is well again`;
  return null;
}
