import type { ReactNode } from "react";
import { Command } from "../../components/Command";
import { Facts } from "../../components/Facts";
import { Go } from "../../components/Go";
import { useAnswer } from "../../hooks/useAnswer";
import { path } from "../../lib/address";
import { metric, outOfSample, wordsOf } from "../../lib/clean";
import { moment, number, percent } from "../../lib/format";
import type { Cycle, CycleDetail } from "../../lib/types";
import { useView } from "../../stores/viewStore";

/** Everything of one cycle: windows, defects, gate, child beside parent, network, hashes, log. */
export function Details({ cycle, children }: { cycle: Cycle; children: ReactNode }) {
  const { utc } = useView();
  const { data, error } = useAnswer<CycleDetail>(
    path(`continuous/cycles/${cycle.cycle_number}`, { schedule_id: cycle.schedule_id }),
    cycle.status,
  );
  const hash = (sha: string | null | undefined) => (sha ? <code title={sha}>{sha.slice(0, 12)}</code> : "–");
  const metrics = cycle.metrics as { gate?: string } | null;
  return (
    <div className="details">
      {error && <p className="note bad">{error.message}</p>}
      {cycle.message && <p className="note bad">{cycle.message}</p>}
      <Facts
        of={[
          [
            "Window",
            cycle.window_start
              ? `${moment(cycle.window_start, utc)} to ${moment(cycle.window_end, utc)}`
              : "–",
          ],
          ["Bars, defects", `${data?.bars ?? "–"}, ${defectsText(data?.defects)}`],
          ["Decision", [cycle.decision, cycle.decision_reason].filter(Boolean).join(": ")],
          ["Gate", metrics?.gate ?? "–"],
          [
            "Not worse than the parent",
            metric(cycle, "not_worse_share") === null
              ? "–"
              : `${number(100 * (metric(cycle, "not_worse_share") ?? 0), 0)} % of resamples`,
          ],
          [
            "Difference a bar, interval",
            metric(cycle, "difference_mean_pct") === null
              ? "–"
              : `${percent(metric(cycle, "difference_mean_pct"), 4)} (${percent(metric(cycle, "difference_low_pct"), 4)} to ${percent(metric(cycle, "difference_high_pct"), 4)})`,
          ],
          ["Iterations", `${cycle.iterations_done} of ${cycle.total_iterations}`],
          ["Learning rate", metric(cycle, "lr")?.toPrecision(3) ?? "–"],
        ]}
      />
      {cycle.model_version !== null && (
        <Beside cycle={cycle} parent={(data?.parent as Cycle | null) ?? null} />
      )}
      <Facts
        of={[
          ["Checkpoint", hash(cycle.checkpoint_sha256)],
          ["Snapshot of the window", hash(data?.snapshot_sha256)],
          [
            "Experiment",
            cycle.experiment_id ? (
              <Go key="experiment" to={`/experiments/${cycle.experiment_id}`}>
                {cycle.experiment_id}
              </Go>
            ) : (
              "–"
            ),
          ],
        ]}
      />
      <div className="row">
        {data?.reproduce && <Command text={data.reproduce} />}
        {children}
      </div>
      {data?.log && (
        <details>
          <summary>Log of the learner</summary>
          <pre tabIndex={0}>{data.log}</pre>
        </details>
      )}
    </div>
  );
}

// `hole 3, zero_volume 1`, or none.
function defectsText(defects: unknown): string {
  if (!defects || typeof defects !== "object") return "–";
  const found: string[] = [];
  const look = (object: Record<string, unknown>) => {
    for (const [name, value] of Object.entries(object)) {
      if (typeof value === "number" && value > 0) found.push(`${name.replaceAll("_", " ")} ${value}`);
      else if (value && typeof value === "object" && "count" in value && Number(value.count) > 0)
        found.push(`${name.replaceAll("_", " ")} ${value.count}`);
    }
  };
  look(defects as Record<string, unknown>);
  return found.length > 0 ? found.join(", ") : "no defects";
}

const ROWS: [string, (cycle: Cycle) => string, ((cycle: Cycle) => string)?][] = [
  [
    "Out of sample",
    (cycle) => percent(outOfSample(cycle).value),
    (cycle) => percent(outOfSample(cycle).parent),
  ],
  ["In-sample result", (cycle) => percent(metric(cycle, "pnl_pct"))],
  [
    "Without fees, held-back bars",
    (cycle) => percent(metric(cycle, "oos_fee_free_pnl_pct")),
    (cycle) => percent(metric(cycle, "parent_oos_fee_free_pnl_pct")),
  ],
  ["Trades a day", (cycle) => number(metric(cycle, "trades_per_day"), 1)],
  ["Largest drawdown", (cycle) => percent(depth(metric(cycle, "max_drawdown_pct")))],
  ["Weight norm", (cycle) => number(metric(cycle, "weight_norm"), 1)],
  ["Dormant units", (cycle) => share(metric(cycle, "dormant_share"))],
  ["Effective rank", (cycle) => number(metric(cycle, "effective_rank"), 1)],
  ["Distance to its parent (KL)", (cycle) => number(metric(cycle, "kl_parent"), 4)],
];
const depth = (value: number | null) => (value === null ? null : -Math.abs(value));
const share = (value: number | null) => (value === null ? "–" : `${number(100 * value, 1)} %`);

// The parent's results are on the same bars where this cycle measured them, else those of its own cycle.
function Beside({ cycle, parent }: { cycle: Cycle; parent: Cycle | null }) {
  const result = outOfSample(cycle);
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label="Beside its parent">
      <table>
        <caption className="quiet">Out of sample: {wordsOf(result)}.</caption>
        <thead>
          <tr>
            <th>Measure</th>
            <th className="n">v{cycle.model_version}</th>
            <th className="n">v{cycle.parent_model_version ?? "?"}, its parent</th>
          </tr>
        </thead>
        <tbody>
          {ROWS.map(([name, own, beside]) => (
            <tr key={name}>
              <td>{name}</td>
              <td className="n">{own(cycle)}</td>
              <td className="n">{beside ? beside(cycle) : parent ? `${own(parent)} (own cycle)` : "–"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
