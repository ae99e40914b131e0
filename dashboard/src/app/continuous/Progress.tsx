import { duration, number } from "../../lib/format";
import type { Status } from "../../lib/types";

const PHASES = ["fetch", "check", "train", "evaluate", "publish", "deploy"] as const;

/** The running cycle; where it stood when the connection was lost, marked so. Keeps its place when none runs. */
export function Progress({ status, stale }: { status: Status; stale: boolean }) {
  const cycle = status.running_cycle;
  const at = cycle ? PHASES.indexOf(cycle.phase) : -1;
  const reward = (cycle as { reward_mean?: number | null } | null)?.reward_mean;
  return (
    <section className="card" aria-labelledby="progress-title">
      <h2 id="progress-title">
        {cycle ? `Cycle ${cycle.cycle_number}` : "No cycle is running"}{" "}
        {cycle && stale && <span className="badge warn">as it was last seen</span>}
      </h2>
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
      <progress max={cycle?.total_iterations || 1} value={cycle?.iteration ?? 0} aria-label="Iterations" />
      <p className="tabular quiet">
        {cycle
          ? `${cycle.iteration} of ${cycle.total_iterations} iterations${cycle.eta_s != null ? `, ${duration(cycle.eta_s)} left` : ""}${reward != null ? `, reward ${number(reward)}` : ""}`
          : "–"}
      </p>
    </section>
  );
}
