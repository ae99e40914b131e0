import { duration, number } from "../../lib/format";
import type { Status } from "../../lib/types";

const PHASES = ["fetch", "check", "train", "evaluate", "publish", "deploy"] as const;

/** The running cycle; where it stood when the connection was lost, marked so. One line when none runs. */
export function Progress({ status, stale }: { status: Status; stale: boolean }) {
  const cycle = status.running_cycle;
  if (!cycle) return <p className="quiet">No cycle is running.</p>;
  const at = PHASES.indexOf(cycle.phase);
  const reward = (cycle as { reward_mean?: number | null }).reward_mean;
  return (
    <section className="card" aria-labelledby="progress-title">
      <div className="row">
        <h2 id="progress-title">Cycle {cycle.cycle_number}</h2>
        {stale && <span className="badge warn">as it was last seen</span>}
        <ol className="phases">
          {PHASES.map((phase, index) => (
            <li
              key={phase}
              className={index < at ? "done" : index === at ? "now" : ""}
              aria-current={index === at ? "step" : undefined}
            >
              {phase}
            </li>
          ))}
        </ol>
        <span className="grow" />
        <span className="tabular quiet">
          {`${cycle.iteration} of ${cycle.total_iterations} iterations${cycle.eta_s != null ? `, ${duration(cycle.eta_s)} left` : ""}${reward != null ? `, reward ${number(reward)} in-sample` : ""}`}
        </span>
      </div>
      <progress max={cycle.total_iterations || 1} value={cycle.iteration} aria-label="Iterations" />
    </section>
  );
}
