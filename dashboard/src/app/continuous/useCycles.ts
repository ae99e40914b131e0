import { useEffect, useState } from "react";
import { path } from "../../lib/address";
import { get } from "../../lib/api";
import type { Cycle } from "../../lib/types";
import { useContinuous } from "../../stores/continuousStore";

interface Page {
  items: Cycle[];
  total: number;
  next_before: number | null;
}
export interface Asked {
  result: string; // "" asks for all
  span: number; // newest cycles; 0 asks for all
}

const PAGE = 500;

/** Cycles as the server filters them, the newest first, page after page until `span` of them are there. */
export async function cyclesOf(
  schedule: string,
  { result, span }: Asked,
): Promise<{ items: Cycle[]; total: number }> {
  const items: Cycle[] = [];
  let before: number | null = null;
  let total = 0;
  do {
    const limit: number = span > 0 ? Math.min(PAGE, span - items.length) : PAGE;
    const page: Page = await get<Page>(
      path("continuous/history", { schedule_id: schedule, result, limit, before }),
    );
    items.push(...page.items);
    total = page.total;
    before = page.next_before;
  } while (before !== null && (span === 0 || items.length < span));
  return { items, total };
}

/** The same, asked for again when the tables have changed. */
export function useCycles(schedule: string | null, asked: Asked) {
  const turn = useContinuous((state) => state.turn);
  const [found, setFound] = useState<{ items: Cycle[]; total: number } | null>(null);
  const { result, span } = asked;
  // biome-ignore lint/correctness/useExhaustiveDependencies: turn says when to ask again
  useEffect(() => {
    if (schedule === null) return;
    let late = false;
    cyclesOf(schedule, { result, span }).then(
      (answer) => !late && setFound(answer),
      () => undefined,
    );
    return () => {
      late = true;
    };
  }, [schedule, result, span, turn]);
  return found;
}
