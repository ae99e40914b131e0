import type { ExperimentDetail } from "../../lib/types";

/** By the id that was asked for: a training with its curve, or why there is none. */
export type Curves = Map<string, ExperimentDetail | Error>;

/** Asks for one curve after another; the curve of a training that has ended never changes, and is asked for once. */
export async function askCurves(
  ids: string[],
  known: Curves,
  ask: (id: string) => Promise<ExperimentDetail>,
  isLate: () => boolean,
): Promise<void> {
  for (const id of ids) {
    const before = known.get(id);
    if (before && !(before instanceof Error) && before.experiment.status !== "running") continue;
    known.set(id, await ask(id).catch((problem: Error) => problem));
    if (isLate()) return;
  }
}
