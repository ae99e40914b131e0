import { ProblemNote } from "../../components/Confirm";
import { Facts } from "../../components/Facts";
import { useAnswer } from "../../hooks/useAnswer";
import { moment, money, number, percent } from "../../lib/format";
import type { ExperimentDetail } from "../../lib/types";
import { useView } from "../../stores/viewStore";
import Curve, { type CurveRow } from "./Curve";
import { Tags } from "./Tags";

const CURVES = [
  ["episode_return_mean", "Reward per episode"],
  ["pnl_pct_mean", "Result per episode, %"],
  ["trade_count_mean", "Trades per episode"],
  ["hold_ratio_mean", "Share of bars held"],
  ["entropy", "Entropy"],
  ["kl", "KL of the update"],
] as const;

export default function ExperimentPage({ id }: { id: string }) {
  const { data, error, again } = useAnswer<ExperimentDetail>(`experiments/${encodeURIComponent(id)}`);
  const { utc } = useView();
  if (error)
    return (
      <>
        <h1>{id}</h1>
        <ProblemNote problem={error} />
      </>
    );
  if (!data) return <h1>{id}</h1>;
  const { experiment, iterations } = data;
  const metrics = experiment.final_metrics as Record<string, number | null> | null;
  const config = experiment.config as Record<string, unknown> | null;
  const rows = iterations.map((row) => ({ ...row.metrics, iteration: row.iteration }) as CurveRow);
  return (
    <>
      <h1>{experiment.name || experiment.id}</h1>
      <Tags of={experiment} onChanged={again} />
      <section className="card">
        <Facts
          of={[
            ["Status", experiment.status],
            ["Started", moment(experiment.started_at, utc)],
            ["Ended", moment(experiment.completed_at, utc)],
            ["Pack", String(config?.hp_pack_id ?? "–")],
            ["Dataset", String(config?.dataset_id ?? "–")],
            ["Seed", String(config?.seed ?? "–")],
            [
              "Learning rate",
              typeof config?.learning_rate === "number" ? config.learning_rate.toPrecision(3) : "–",
            ],
            ["In-sample result", percent(metrics?.pnl_pct)],
            ["Net worth", money(metrics?.net_worth)],
            ["Trades", number(metrics?.trade_count, 1)],
            ["Checkpoint", experiment.checkpoint_sha256?.slice(0, 16) ?? "none"],
          ]}
        />
      </section>
      {rows.length > 1 && (
        <section className="card curves" aria-label="Training curves">
          {CURVES.filter(([measure]) => rows.some((row) => measure in row)).map(([measure, label]) => (
            <Curve key={measure} rows={rows} measure={measure} label={label} />
          ))}
        </section>
      )}
      <details className="card">
        <summary>Settings</summary>
        <pre tabIndex={0}>{JSON.stringify(config, null, 2)}</pre>
      </details>
    </>
  );
}
