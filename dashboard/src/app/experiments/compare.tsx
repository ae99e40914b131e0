import { useEffect, useRef, useState } from "react";
import { Boundary } from "../../components/Boundary";
import { type Column, DataTable } from "../../components/DataTable";
import { Go } from "../../components/Go";
import { useAnswer } from "../../hooks/useAnswer";
import { path } from "../../lib/address";
import { get } from "../../lib/api";
import { valueText } from "../../lib/format";
import type { ComparedValue, Comparison, ExperimentDetail } from "../../lib/types";
import { useParts } from "../../stores/continuousStore";
import { askCurves, type Curves } from "./curves";
import Overlay, { DRAWN_MAX, lineClass } from "./Overlay";

const MEASURES = {
  episode_return_mean: "Reward per episode",
  pnl_pct_mean: "Result per episode, %",
  trade_count_mean: "Trades per episode",
  hold_ratio_mean: "Share of bars held",
  entropy: "Entropy",
  kl: "KL of the update",
} as const;

/** The curves of several trainings, and which could not be had; those that run are asked for again with each turn. */
function useCurves(ids: string[], turn: number): Curves {
  const known = useRef<Curves>(new Map());
  const [found, setFound] = useState<Curves>(known.current);
  const all = ids.join(",");
  // biome-ignore lint/correctness/useExhaustiveDependencies: turn says when to ask again
  useEffect(() => {
    let late = false;
    const ask = (id: string) => get<ExperimentDetail>(`experiments/${encodeURIComponent(id)}`);
    void askCurves(all.split(",").filter(Boolean), known.current, ask, () => late).then(() =>
      setFound(new Map(known.current)),
    );
    return () => {
      late = true;
    };
  }, [all, turn]);
  return found;
}

/** Trainings side by side: their curves in one picture, what differs first. */
export default function ComparePage() {
  const ids = (new URLSearchParams(location.search).get("ids") ?? "").split(",").filter(Boolean);
  const { turn } = useParts("turn");
  const { data, error } = useAnswer<Comparison>(path("experiments/compare", { ids: ids.join(",") }), turn);
  const drawn = ids.slice(0, DRAWN_MAX);
  const found = useCurves(drawn, turn);
  const curves = drawn.map((id) => {
    const curve = found.get(id);
    return !curve || curve instanceof Error ? null : curve;
  });
  const [all, setAll] = useState(false);
  if (error) return <p className="note bad">{error.message}</p>;
  if (!data) return <h1>Comparison</h1>;
  const settings = data.settings.filter((value) => all || value.differs);
  const same = data.settings.length - data.settings.filter((value) => value.differs).length;
  return (
    <>
      <h1>{data.experiments.length} experiments</h1>
      <ul className="legend key">
        {data.experiments.map((one, i) => (
          <li key={one.id}>
            {i < DRAWN_MAX && (
              <svg width="28" height="8" aria-hidden="true" className={lineClass(i)}>
                <path d="M0 4H28" />
              </svg>
            )}
            <Go to={`/experiments/${one.id}`}>{one.name || one.id}</Go>
          </li>
        ))}
      </ul>
      {ids.length > DRAWN_MAX && <p className="quiet">Curves of the first {DRAWN_MAX} are drawn.</p>}
      {drawn.map((id, i) => {
        const problem = found.get(id);
        if (!(problem instanceof Error)) return null;
        return (
          <p key={id} className="note bad">
            No curve of {data.experiments[i]?.name || id}: {problem.message}
          </p>
        );
      })}
      <Boundary>
        {curves.some(Boolean) && (
          <section className="card curves" aria-label="Training curves">
            {Object.entries(MEASURES).map(([measure, label]) => (
              <Overlay key={measure} of={curves} measure={measure} label={label} />
            ))}
          </section>
        )}
      </Boundary>
      <section className="card" aria-labelledby="settings-title">
        <div className="row">
          <h2 id="settings-title">Settings</h2>
          <span className="grow" />
          <label className="inline">
            <input type="checkbox" checked={all} onChange={() => setAll(!all)} />
            the {same} that are the same too
          </label>
        </div>
        {settings.length === 0 ? (
          <p className="quiet">No difference.</p>
        ) : (
          <Values label="Table of settings" of={settings} experiments={data.experiments} />
        )}
      </section>
      <section className="card" aria-labelledby="results-title">
        <h2 id="results-title">In-sample results</h2>
        <Values label="Table of results" of={data.metrics} experiments={data.experiments} />
      </section>
    </>
  );
}

interface ValuesProps {
  label: string;
  of: ComparedValue[];
  experiments: Comparison["experiments"];
}

function Values({ label, of, experiments }: ValuesProps) {
  const columns: Column<ComparedValue>[] = [
    { head: "Name", className: "stays", cell: (value) => value.name },
    ...experiments.map((one, i) => ({
      head: one.name || one.id,
      title: one.id,
      n: true,
      cell: (value: ComparedValue) => <Value of={value.values[i]} />,
    })),
  ];
  return (
    <DataTable
      label={label}
      rows={of}
      columns={columns}
      keyOf={(value) => value.name}
      rowProps={(value) => ({ className: value.differs ? "" : "quiet" })}
    />
  );
}

// A path or a list of features is longer than a column of numbers should be.
function Value({ of }: { of: unknown }) {
  const text = valueText(of);
  return (
    <span className="clipped" title={text}>
      {text}
    </span>
  );
}
