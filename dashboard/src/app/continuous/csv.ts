import type { Cycle } from "../../lib/types";

const COLUMNS = [
  "cycle_number",
  "status",
  "reason",
  "started_at",
  "finished_at",
  "window_start",
  "window_end",
  "model_version",
  "parent_model_version",
  "decision",
  "decision_reason",
  "deployed_at",
  "undeployed_at",
  "checkpoint_sha256",
] as const;
const METRICS = [
  "reward_mean",
  "pnl_pct",
  "oos_pnl_pct",
  "oos_clean",
  "oos_bars",
  "clean_bars",
  "clean_pnl_pct",
  "parent_oos_pnl_pct",
  "hold_pct",
  "max_drawdown_pct",
  "trades",
];

// A cell that a spreadsheet would take for a formula begins with an apostrophe.
function cell(value: unknown): string {
  if (value === null || value === undefined) return "";
  const text = String(value);
  const safe = typeof value === "string" && /^[=+\-@]/.test(text) ? `'${text}` : text;
  return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The rows as a spreadsheet reads them. */
export function csvOf(cycles: Cycle[]): string {
  const rows = cycles.map((cycle) => [
    ...COLUMNS.map((name) => cell(cycle[name])),
    ...METRICS.map((name) => cell((cycle.metrics as Record<string, unknown> | null)?.[name])),
  ]);
  return `${[[...COLUMNS, ...METRICS], ...rows].map((row) => row.join(",")).join("\n")}\n`;
}
