import { path } from "../lib/address";
import type { Results } from "../lib/types";
import { useParts } from "../stores/continuousStore";
import { useAnswer } from "./useAnswer";
import { useThrottled } from "./useThrottled";

const PAUSE = 10_000; // bars of a replay come faster than anybody reads

/** What the newest session came to, or the `session` that is named; asked for again as bars come, unless somebody else does. */
export function useResults(session?: string, wanted = true): Results | null {
  const { live, status, turn } = useParts("live", "status", "turn");
  const bars = useThrottled(live?.total_bars ?? 0, PAUSE);
  const call =
    wanted && live?.session_id
      ? path("live/results", { schedule_id: status?.schedule_id, session_id: session })
      : null;
  return useAnswer<Results>(call, session ?? `${live?.session_id}/${live?.swap_count}/${turn}/${bars}`).data;
}
