import { useEffect, useState } from "react";
import { Command } from "../../components/Command";
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
        <section className="card scroll" tabIndex={0} aria-label="Table of replays">
          <table>
            <thead>
              <tr>
                <th>Replay</th>
                <th>Of</th>
                <th>Began</th>
                <th>State</th>
                <th>Answer</th>
              </tr>
            </thead>
            <tbody>
              {data?.map((one) => (
                <tr key={one.id}>
                  <td>
                    <Go to={`/replays/${one.id}`}>{one.id.replace("replay-", "")}</Go>
                  </td>
                  <td>{one.schedule_id ?? one.dataset_id}</td>
                  <td>{moment(one.created_at, utc)}</td>
                  <td>
                    <ReplayState of={one} />
                  </td>
                  <td className="wrap">{one.sentence ?? one.message ?? "–"}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </>
  );
}
