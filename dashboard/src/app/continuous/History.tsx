import { Fragment, useState } from "react";
import { Link } from "wouter";
import { Confirm } from "../../components/Confirm";
import { Facts } from "../../components/Facts";
import { post } from "../../lib/api";
import { duration, moment, money, number, percent, tone } from "../../lib/format";
import type { Cycle } from "../../lib/types";
import { useContinuous } from "../../stores/continuousStore";
import { useView } from "../../stores/viewStore";
import { csvOf } from "./csv";

const SIGN = { running: "◌", completed: "✓", failed: "✕", skipped: "↷", cancelled: "⊘" } as const;
const RESULTS = ["all", "completed", "failed", "skipped", "cancelled"] as const;
const metric = (cycle: Cycle, name: string): number | null =>
  ((cycle.metrics as Record<string, unknown> | null)?.[name] as number | undefined) ?? null;

export function Deployed({ cycle }: { cycle: Cycle }) {
  const { utc } = useView();
  if (cycle.live) return <span className="badge good">● live</span>;
  if (cycle.refusal)
    return (
      <span className="badge bad" title={cycle.refusal}>
        refused: {cycle.refusal}
      </span>
    );
  if (cycle.deployed_at)
    return (
      <span className="badge">
        {moment(cycle.deployed_at, utc)} to {moment(cycle.undeployed_at, utc)}
      </span>
    );
  if (cycle.decision === "rejected")
    return (
      <span className="badge warn" title={cycle.decision_reason ?? ""}>
        rejected: {cycle.decision_reason ?? "by the gate"}
      </span>
    );
  if (cycle.decision === "held")
    return <span className="badge">held: {cycle.decision_reason ?? "not to be deployed"}</span>;
  return null;
}

/** The versions a model came from, as far as the rows here tell. */
function ancestors(cycles: Cycle[], version: number | null): Set<number> {
  const found = new Set<number>();
  let at = version;
  while (at !== null && !found.has(at)) {
    found.add(at);
    const looked = at;
    at = cycles.find((cycle) => cycle.model_version === looked)?.parent_model_version ?? null;
  }
  return found;
}

export function History() {
  const { cycles, nextBefore, more, refresh, connection } = useContinuous();
  const { utc } = useView();
  const [result, setResult] = useState<(typeof RESULTS)[number]>("all");
  const [open, setOpen] = useState<number | null>(null);
  const [hovered, setHovered] = useState<number | null>(null);
  const [deploying, setDeploying] = useState<Cycle | null>(null);
  const shown = cycles.filter((cycle) => result === "all" || cycle.status === result);
  const marked = ancestors(cycles, hovered);
  const download = () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([csvOf(shown)], { type: "text/csv" }));
    link.download = "cycles.csv";
    link.click();
    URL.revokeObjectURL(link.href);
  };
  return (
    <section className="card" aria-labelledby="history-title">
      <div className="row">
        <h2 id="history-title">Cycles</h2>
        <span className="grow" />
        <label className="inline">
          Result{" "}
          <select value={result} onChange={(event) => setResult(event.target.value as typeof result)}>
            {RESULTS.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <button type="button" onClick={download}>
          CSV
        </button>
      </div>
      <div className="scroll" tabIndex={0} role="region" aria-label="Table of cycles">
        <table>
          <thead>
            <tr>
              <th className="n">Cycle</th>
              <th>Start</th>
              <th>Window</th>
              <th>Result</th>
              <th className="n" title="Mean reward in training: in-sample">
                Reward
              </th>
              <th className="n" title="On bars the learner was not shown: out of sample">
                Out of sample
              </th>
              <th className="n" title="The same bars, bought and held">
                Hold
              </th>
              <th>Model</th>
              <th>Deployed</th>
              <th className="n">Took</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((cycle) => {
              const took = cycle.finished_at
                ? (Date.parse(cycle.finished_at) - Date.parse(cycle.started_at)) / 1000
                : null;
              const expanded = open === cycle.cycle_number;
              return (
                <Fragment key={cycle.cycle_number}>
                  <tr
                    className={
                      cycle.model_version !== null && marked.has(cycle.model_version) ? "marked" : ""
                    }
                    onMouseEnter={() => setHovered(cycle.model_version)}
                    onMouseLeave={() => setHovered(null)}
                  >
                    <td className="n">
                      <button
                        type="button"
                        className="plain"
                        aria-expanded={expanded}
                        aria-label={`Details of cycle ${cycle.cycle_number}`}
                        onClick={() => setOpen(expanded ? null : cycle.cycle_number)}
                      >
                        {expanded ? "▾" : "▸"} {cycle.cycle_number}
                      </button>
                    </td>
                    <td className="tabular">{moment(cycle.started_at, utc)}</td>
                    <td className="tabular">
                      {cycle.window_start
                        ? `${moment(cycle.window_start, utc)} to ${moment(cycle.window_end, utc)}`
                        : "–"}
                    </td>
                    <td title={cycle.message ?? undefined}>
                      {SIGN[cycle.status]} {cycle.status}
                      {cycle.reason && `: ${cycle.reason}`}
                    </td>
                    <td className="n">{number(metric(cycle, "reward_mean"))}</td>
                    <td className={`n ${tone(metric(cycle, "oos_pnl_pct"))}`}>
                      {percent(metric(cycle, "oos_pnl_pct"))}
                    </td>
                    <td className="n">{percent(metric(cycle, "hold_pct"))}</td>
                    <td className="tabular">
                      {cycle.model_version !== null
                        ? `v${cycle.model_version} ← v${cycle.parent_model_version ?? "?"}`
                        : "–"}
                    </td>
                    <td>
                      <Deployed cycle={cycle} />
                    </td>
                    <td className="n">{duration(took)}</td>
                  </tr>
                  {expanded && (
                    <tr className="detail">
                      <td colSpan={10}>
                        <Details cycle={cycle} />
                        {cycle.model_version !== null && !cycle.live && (
                          <button
                            type="button"
                            disabled={connection.state !== "live"}
                            onClick={() => setDeploying(cycle)}
                          >
                            Deploy v{cycle.model_version}
                          </button>
                        )}
                      </td>
                    </tr>
                  )}
                </Fragment>
              );
            })}
          </tbody>
        </table>
      </div>
      {shown.length === 0 && <p className="quiet">No cycle with this result on the pages loaded.</p>}
      {nextBefore !== null && (
        <button type="button" onClick={() => void more()}>
          Older cycles
        </button>
      )}
      {deploying && (
        <Confirm
          title={`Deploy v${deploying.model_version}`}
          verb="Deploy"
          command={`ctt models deploy v${deploying.model_version} --schedule ${deploying.schedule_id}`}
          act={async () => {
            await post(`models/${deploying.model_version}/deploy`, { schedule_id: deploying.schedule_id });
            await refresh();
          }}
          onClose={() => setDeploying(null)}
        >
          <p>
            The trader takes this policy between two bars. The open position stays; the new policy decides on
            it from the next bar.
          </p>
        </Confirm>
      )}
    </section>
  );
}

function Details({ cycle }: { cycle: Cycle }) {
  return (
    <Facts
      of={[
        ["In-sample result", `${percent(metric(cycle, "pnl_pct"))} (${money(metric(cycle, "pnl"))})`],
        ["Parent, out of sample", percent(metric(cycle, "parent_oos_pnl_pct"))],
        ["Trades a day", number(metric(cycle, "trades_per_day"), 1)],
        ["Without fees", percent(metric(cycle, "oos_fee_free_pnl_pct"))],
        ["Largest drawdown", percent(metric(cycle, "max_drawdown_pct"))],
        ["Bars, holes", `${metric(cycle, "bars") ?? "–"}, ${metric(cycle, "holes") ?? "–"}`],
        ["Learning rate", metric(cycle, "lr")?.toPrecision(3) ?? "–"],
        ["Distance to the parent (KL)", number(metric(cycle, "kl_parent"), 4)],
        [
          "Checkpoint",
          cycle.checkpoint_sha256 ? `${cycle.checkpoint_path} ${cycle.checkpoint_sha256.slice(0, 12)}` : "–",
        ],
        [
          "Experiment",
          cycle.experiment_id ? (
            <Link key="experiment" href={`/experiments/${cycle.experiment_id}`}>
              {cycle.experiment_id}
            </Link>
          ) : (
            "–"
          ),
        ],
        ["Message", cycle.message ?? "–"],
      ]}
    />
  );
}
