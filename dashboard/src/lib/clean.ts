// Which of a cycle's results are out of sample: only bars that neither the candidate's nor its parent's lineage has
// learned from are.
import type { Cycle } from "./types";

const of = (cycle: Cycle, name: string): number | null => {
  const value = (cycle.metrics as Record<string, unknown> | null)?.[name];
  return typeof value === "number" && Number.isFinite(value) ? value : null;
};

export const metric = of;

export interface OutOfSample {
  value: number | null; // on clean bars alone
  parent: number | null;
  bars: number; // clean ones
  all: number; // bars that were held back
  mark: "clean" | "part" | "learned" | "none";
}

export function outOfSample(cycle: Cycle): OutOfSample {
  const clean = (cycle.metrics as { oos_clean?: boolean } | null)?.oos_clean === true;
  const all = of(cycle, "oos_bars") ?? 0;
  const bars = clean ? all : (of(cycle, "clean_bars") ?? 0);
  if (of(cycle, "oos_pnl_pct") === null) return { value: null, parent: null, bars: 0, all, mark: "none" };
  if (clean)
    return {
      value: of(cycle, "oos_pnl_pct"),
      parent: of(cycle, "parent_oos_pnl_pct"),
      bars,
      all,
      mark: "clean",
    };
  if (bars > 0)
    return {
      value: of(cycle, "clean_pnl_pct"),
      parent: of(cycle, "parent_clean_pnl_pct"),
      bars,
      all,
      mark: "part",
    };
  return { value: null, parent: null, bars: 0, all, mark: "learned" };
}

/** In words, for a title and for who hears the page. */
export function wordsOf(result: OutOfSample): string {
  if (result.mark === "clean") return `on ${result.bars} bars that nobody had learned from`;
  if (result.mark === "part")
    return `on the ${result.bars} of ${result.all} held-back bars that nobody had learned from`;
  if (result.mark === "learned") return `all ${result.all} held-back bars had been learned from: in-sample`;
  return "no result";
}
