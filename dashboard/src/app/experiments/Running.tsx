import { useState } from "react";
import { Confirm } from "../../components/Confirm";
import { useAnswer } from "../../hooks/useAnswer";
import { useNow } from "../../hooks/useNow";
import { post } from "../../lib/api";
import { useParts } from "../../stores/continuousStore";

interface RunningTraining {
  experiment_id: string;
  name: string;
  iteration: number;
  total_iterations: number;
}

/** The training that runs, iteration by iteration, and how to end it. */
export function Running() {
  const { turn, readOnly, refresh } = useParts("turn", "readOnly", "refresh");
  const now = useNow();
  const [asked, setAsked] = useState<RunningTraining | null>(null);
  const data = useAnswer<RunningTraining[]>("training/running", `${turn}/${Math.floor(now / 2000)}`).data;
  return (
    <>
      {data?.map((one) => (
        <section className="card" key={one.experiment_id} aria-label={`Training ${one.name}`}>
          <div className="row">
            <h2>{one.name || one.experiment_id}</h2>
            <span className="tabular quiet">
              {one.iteration} of {one.total_iterations} iterations
            </span>
            <span className="grow" />
            {!readOnly && (
              <button type="button" onClick={() => setAsked(one)}>
                Cancel training
              </button>
            )}
          </div>
          <progress max={one.total_iterations || 1} value={one.iteration} aria-label="Iterations" />
        </section>
      ))}
      {asked && (
        <Confirm
          title="Cancel the training"
          verb="Cancel training"
          danger
          command={`ctt experiments cancel ${asked.experiment_id}`}
          act={async () => {
            await post(`training/${asked.experiment_id}/cancel`);
            await refresh();
          }}
          onClose={() => setAsked(null)}
        >
          <p>
            It finishes its iteration and saves what it has learned so far. That of a cycle is cancelled with
            its cycle and leaves no model.
          </p>
        </Confirm>
      )}
    </>
  );
}
