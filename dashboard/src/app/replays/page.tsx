import { useEffect, useState } from "react";
import { Command } from "../../components/Command";
import { type Column, DataTable } from "../../components/DataTable";
import { Go } from "../../components/Go";
import { useAnswer } from "../../hooks/useAnswer";
import { moment } from "../../lib/format";
import type { Replay } from "../../lib/types";
import { useContinuous } from "../../stores/continuousStore";
import { useView } from "../../stores/viewStore";
import { StartReplay } from "./StartReplay";

const EVERY_MS = 2_000;

/** Asks again while one runs: lineages make no events. */
export function useWhileRunning(running: boolean, again: () => void) {
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(again, EVERY_MS);
    return () => clearInterval(timer);
  }, [running, again]);
}

export function ReplayState({ of }: { of: Replay }) {
  if (of.status !== "running") return of.status;
  return (
    <>
      <progress value={of.lineages_done} max={Math.max(1, of.lineages)} aria-label="Lineages done" />{" "}
      {of.lineages_done} of {of.lineages}
    </>
  );
}

/** Replays of the whole process on history, and a new one of a schedule. */
export default function ReplaysPage() {
  const { utc } = useView();
  const readOnly = useContinuous((state) => state.readOnly);
  const [wanted, setWanted] = useState(false); // one was started from here and is not in the list yet
  const { data, error, again } = useAnswer<Replay[]>("replays");
  const [asking, setAsking] = useState(false);
  const running = data?.some((one) => one.status === "running") ?? false;
  useWhileRunning(running || wanted, again);
  useEffect(() => {
    if (running) setWanted(false);
  }, [running]);
  const columns: Column<Replay>[] = [
    { head: "Replay", cell: (one) => <Go to={`/replays/${one.id}`}>{one.id.replace("replay-", "")}</Go> },
    { head: "Of", cell: (one) => one.schedule_id ?? one.dataset_id },
    { head: "Began", className: "tabular", cell: (one) => moment(one.created_at, utc) },
    { head: "State", cell: (one) => <ReplayState of={one} /> },
    { head: "Answer", className: "says", cell: (one) => one.sentence ?? one.message ?? "–" },
  ];
  return (
    <>
      <div className="row">
        <h1>Replays</h1>
        <span className="grow" />
        {!readOnly && (
          <button type="button" onClick={() => setAsking(true)} disabled={running}>
            Replay this schedule
          </button>
        )}
      </div>
      {error && <p className="note bad">{error.message}</p>}
      {asking && (
        <StartReplay
          onStarted={() => {
            setWanted(true);
            again();
          }}
          onClose={() => setAsking(false)}
        />
      )}
      {data?.length === 0 ? (
        <section className="card empty">
          <p>
            Does retraining pay? A replay runs the whole process on history, beside controls, and says so.
          </p>
          <Command text="ctt replay --schedule NAME --from TIME" />
        </section>
      ) : (
        <section className="card">
          <DataTable label="Table of replays" rows={data ?? []} columns={columns} keyOf={(one) => one.id} />
        </section>
      )}
    </>
  );
}
