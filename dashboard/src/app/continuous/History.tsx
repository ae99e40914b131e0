import { Fragment, useState } from "react";
import { Confirm } from "../../components/Confirm";
import { Table } from "../../components/Table";
import { post } from "../../lib/api";
import { metric, outOfSample, wordsOf } from "../../lib/clean";
import { duration, moment, percent, tone } from "../../lib/format";
import type { Cycle } from "../../lib/types";
import { useContinuous } from "../../stores/continuousStore";
import { useView } from "../../stores/viewStore";
import { Details } from "./Details";

const SIGN = { running: "◌", completed: "✓", failed: "✕", skipped: "↷", cancelled: "⊘" } as const;

export function Deployed({ cycle }: { cycle: Cycle }) {
  const { utc } = useView();
  const desired = useContinuous((state) => state.status?.deployed?.model_version ?? null);
  if (cycle.live) return <span className="badge good">● live</span>;
  const badge = (text: string, why: string | null | undefined, tone = "") => (
    <span className={`badge ${tone}`} title={why ?? undefined}>
      {text}
    </span>
  );
  if (cycle.refusal) return badge("refused", cycle.refusal, "bad");
  if (cycle.deployed_at)
    return (
      <span
        className="badge"
        title={`served ${moment(cycle.deployed_at, utc)} to ${moment(cycle.undeployed_at, utc)}`}
      >
        until {moment(cycle.undeployed_at, utc).slice(5)}
      </span>
    );
  if (cycle.decision === "rejected") return badge("rejected", cycle.decision_reason ?? "by the gate", "warn");
  if (cycle.decision === "held") return badge("held", cycle.decision_reason ?? "not to be deployed");
  if (cycle.decision === "deployed")
    return desired === cycle.model_version
      ? badge("not confirmed", "desired, and no trader has confirmed it", "warn")
      : badge("never served", "another model took its place before a trader had confirmed it");
  return null;
}

/** Out of sample, or what it is instead. */
export function Clean({ cycle }: { cycle: Cycle }) {
  const result = outOfSample(cycle);
  if (result.mark === "none") return <>–</>;
  if (result.mark === "learned")
    return (
      <span className="badge bad" title={wordsOf(result)}>
        in-sample
      </span>
    );
  return (
    <span title={wordsOf(result)}>
      <span className={tone(result.value)}>{percent(result.value)}</span>
      {result.mark === "part" && (
        <span className="quiet">
          {" "}
          ◑ {result.bars}/{result.all} bars
        </span>
      )}
    </span>
  );
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

interface Props {
  cycles: Cycle[];
  open: number | null;
  setOpen(cycle: number | null): void;
}

export function History({ cycles, open, setOpen }: Props) {
  const { refresh, connection, readOnly } = useContinuous();
  const { utc } = useView();
  const [hovered, setHovered] = useState<number | null>(null);
  const [deploying, setDeploying] = useState<Cycle | null>(null);
  const marked = ancestors(cycles, hovered);
  if (cycles.length === 0) return <p className="quiet">No cycle has this result.</p>;
  return (
    <div className="card">
      <div className="scroll" tabIndex={0} role="region" aria-label="Table of cycles">
        <Table>
          <thead>
            <tr>
              <th className="n">Cycle</th>
              <th>Start</th>
              <th>Window</th>
              <th>Result</th>
              <th className="n" title="On bars that nobody had learned from">
                Out of sample
              </th>
              <th className="n" title="The same held-back bars, bought and held">
                Hold
              </th>
              <th>Model</th>
              <th>Deployed</th>
              <th className="n">Took</th>
            </tr>
          </thead>
          <tbody>
            {cycles.map((cycle) => {
              const took = cycle.finished_at
                ? (Date.parse(cycle.finished_at) - Date.parse(cycle.started_at)) / 1000
                : null;
              const expanded = open === cycle.cycle_number;
              return (
                <Fragment key={cycle.cycle_number}>
                  <tr
                    id={`cycle-${cycle.cycle_number}`}
                    className={
                      expanded || (cycle.model_version !== null && marked.has(cycle.model_version))
                        ? "marked"
                        : ""
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
                      {cycle.window_start ? (
                        <span
                          title={`${moment(cycle.window_start, utc)} to ${moment(cycle.window_end, utc)}`}
                        >
                          to {moment(cycle.window_end, utc)}
                        </span>
                      ) : (
                        "–"
                      )}
                    </td>
                    <td title={cycle.message ?? undefined}>
                      {SIGN[cycle.status]} {cycle.status}
                      {cycle.reason && `: ${cycle.reason}`}
                    </td>
                    <td className="n">
                      <Clean cycle={cycle} />
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
                      <td colSpan={9}>
                        <Details cycle={cycle}>
                          {cycle.model_version !== null && !cycle.live && !readOnly && (
                            <button
                              type="button"
                              disabled={connection.state !== "live"}
                              onClick={() => setDeploying(cycle)}
                            >
                              Deploy v{cycle.model_version}
                            </button>
                          )}
                        </Details>
                      </td>
                    </tr>
                  )}
                </Fragment>
              );
            })}
          </tbody>
        </Table>
      </div>
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
    </div>
  );
}
