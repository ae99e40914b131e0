import { lazy, Suspense, useState } from "react";
import { Boundary } from "../../components/Boundary";
import { percent } from "../../lib/format";
import { patient } from "../../lib/patient";
import type { Cycle } from "../../lib/types";
import { useContinuous } from "../../stores/continuousStore";
import type { Point } from "./TrendChart";

const TrendChart = lazy(() => patient(() => import("./TrendChart")));
const METRICS = {
  oos_pnl_pct: "Out of sample",
  pnl_pct: "In-sample (not a forecast)",
  prequential_pnl_pct: "Parent on the new bars",
} as const;
type Metric = keyof typeof METRICS;
const SPANS = { 30: "last 30", 100: "last 100", 0: "all loaded" } as const;

export function pointsOf(cycles: Cycle[], metric: Metric, span: number): Point[] {
  const over = cycles.filter((cycle) => cycle.status !== "running");
  const chosen = span > 0 ? over.slice(0, span) : over;
  return [...chosen].reverse().map((cycle) => {
    const metrics = cycle.metrics as Record<string, number | null> | null;
    const done = cycle.status === "completed";
    return {
      cycle: cycle.cycle_number,
      value: done ? (metrics?.[metric] ?? null) : null,
      hold: done ? (metrics?.hold_pct ?? null) : null,
      sign: done
        ? cycle.deployed_at
          ? "deployed"
          : "refused"
        : cycle.status === "skipped"
          ? "skipped"
          : "failed",
    };
  });
}

export function Trend() {
  const cycles = useContinuous((state) => state.cycles);
  const [metric, setMetric] = useState<Metric>("oos_pnl_pct");
  const [span, setSpan] = useState(30);
  const [asTable, setAsTable] = useState(false);
  const points = pointsOf(cycles, metric, span);
  const known = points.filter((point) => point.value !== null);
  if (known.length === 0) return null;
  const mean = known.reduce((sum, point) => sum + (point.value ?? 0), 0) / known.length;
  return (
    <section className="card" aria-labelledby="trend-title">
      <div className="row">
        <h2 id="trend-title">Result by cycle</h2>
        <span className="grow" />
        <label className="inline">
          <span className="unseen">Measure</span>
          <select value={metric} onChange={(event) => setMetric(event.target.value as Metric)}>
            {Object.entries(METRICS).map(([key, label]) => (
              <option key={key} value={key}>
                {label}
              </option>
            ))}
          </select>
        </label>
        <label className="inline">
          <span className="unseen">Span</span>
          <select value={span} onChange={(event) => setSpan(Number(event.target.value))}>
            {Object.entries(SPANS).map(([key, label]) => (
              <option key={key} value={key}>
                {label}
              </option>
            ))}
          </select>
        </label>
        <button type="button" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          Table
        </button>
      </div>
      <p className="quiet">
        {METRICS[metric]}: mean {percent(mean)} over {known.length} cycles, newest{" "}
        {percent(known.at(-1)?.value)}. Filled: deployed; hollow: not deployed; ✕ failed; ı skipped; dashed:
        hold.
      </p>
      {asTable ? (
        <table>
          <thead>
            <tr>
              <th className="n">Cycle</th>
              <th className="n">{METRICS[metric]}</th>
              <th className="n">Hold</th>
              <th>Became</th>
            </tr>
          </thead>
          <tbody>
            {points.map((point) => (
              <tr key={point.cycle}>
                <td className="n">{point.cycle}</td>
                <td className="n">{percent(point.value)}</td>
                <td className="n">{percent(point.hold)}</td>
                <td>{point.sign}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : (
        <div className="chart" style={{ height: 220 }}>
          <Boundary>
            <Suspense>
              <TrendChart points={points} />
            </Suspense>
          </Boundary>
        </div>
      )}
    </section>
  );
}
