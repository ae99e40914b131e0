import { useEffect, useState } from "react";
import type { Order } from "../../components/DataTable";
import { path } from "../../lib/address";
import { getPage } from "../../lib/api";
import type { Experiment } from "../../lib/types";

export const PAGE = 50;
const WHILE_TYPING_MS = 150;

interface Asked {
  search: string;
  status: string;
  order: Order;
  offset: number;
}

/** One page of experiments as the server finds and sorts them; the old one stays until the new one is there. */
export function useExperiments({ search, status, order, offset }: Asked, version: unknown) {
  const [page, setPage] = useState<{ rows: Experiment[]; total: number } | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const { by, ascending } = order;
  // biome-ignore lint/correctness/useExhaustiveDependencies: version says when to ask again
  useEffect(() => {
    let late = false;
    const query = { search, status, sort: by, order: ascending ? "asc" : "desc", limit: PAGE, offset };
    const ask = () =>
      getPage<Experiment>(path("experiments", query)).then(
        (found) => {
          if (late) return;
          setPage(found);
          setError(null);
        },
        (problem: Error) => !late && setError(problem),
      );
    const timer = setTimeout(ask, search ? WHILE_TYPING_MS : 0);
    return () => {
      late = true;
      clearTimeout(timer);
    };
  }, [search, status, by, ascending, offset, version]);
  return { page, error };
}
