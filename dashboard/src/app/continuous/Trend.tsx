import { lazy, Suspense, useState } from "react";
import { Boundary } from "../../components/Boundary";
import { metric, outOfSample } from "../../lib/clean";
import { percent } from "../../lib/format";
import { patient } from "../../lib/patient";
import type { Cycle } from "../../lib/types";
import type { Point } from "./TrendChart";

const TrendChart = lazy(() => patient(() => import("./TrendChart")));
const METRICS = {
  oos_pnl_pct: "Out of sample",
  prequential_pnl_pct: "Served model on the new bars",
  pnl_pct: "In-sample (not a forecast)",
} as const;
type Metric = keyof typeof METRICS;

/** One point a cycle, the oldest first. Bars that had been learned from give no out-of-sample value. */
export function pointsOf(cycles: Cycle[], chosen: Metric): Point[] {
  const over = cycles.filter((cycle) => cycle.status !== "running");
  return [...over].reverse().map((cycle) => {
    const done = cycle.status === "completed";
    const clean = outOfSample(cycle);
    const value = chosen === "oos_pnl_pct" ? clean.value : metric(cycle, chosen);
    return {
      cycle: cycle.cycle_number,
      value: done ? value : null,
      hold: done && (chosen !== "oos_pnl_pct" || clean.mark === "clean") ? metric(cycle, "hold_pct") : null,
      sign: done
        ? value === null
          ? "learned"
          : cycle.deployed_at
            ? "deployed"
            : "refused"
        : cycle.status === "skipped"
          ? "skipped"
          : "failed",
    };
  });
}

/** The mean of the values there are, and how many these are. */
export function meanOf(points: Point[]): { mean: number; count: number } | null {
  const known = points.filter((point) => point.value !== null);
  if (known.length === 0) return null;
  return {
    mean: known.reduce((sum, { value }) => sum + (value ?? 0), 0) / known.length,
    count: known.length,
  };
}

interface Props {
  cycles: Cycle[];
  open: number | null;
  pick(cycle: number | null): void;
}

export function Trend({ cycles, open, pick }: Props) {
  const [chosen, setChosen] = useState<Metric>("oos_pnl_pct");
  const [asTable, setAsTable] = useState(false);
  const points = pointsOf(cycles, chosen);
  const mean = meanOf(points);
  const learned = points.filter((point) => point.sign === "learned").length;
  if (points.length === 0) return null;
  return (
    <div className="card">
      <div className="row">
        <h3>Result by cycle</h3>
        <span className="grow" />
        <label className="inline">
          <span className="unseen">Measure</span>
          <select value={chosen} onChange={(event) => setChosen(event.target.value as Metric)}>
            {Object.entries(METRICS).map(([key, label]) => (
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
        {METRICS[chosen]}:{" "}
        {mean ? `mean ${percent(mean.mean)} over ${mean.count} cycles` : "no cycle has a clean result"}
        {chosen === "oos_pnl_pct" && learned > 0 && `; ${learned} left out, whose bars had been learned from`}
        . Filled: deployed; hollow: not deployed; ✕ failed; ı skipped; dashed: hold.
      </p>
      {asTable ? (
        <div className="scroll short" tabIndex={0} role="region" aria-label="Results as a table">
          <table>
            <thead>
              <tr>
                <th className="n">Cycle</th>
                <th className="n">{METRICS[chosen]}</th>
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
                  <td>{point.sign === "learned" ? "learned from: no result" : point.sign}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        mean && (
          <div className="chart trend">
            <Boundary>
              <Suspense>
                <TrendChart points={points} open={open} pick={pick} />
              </Suspense>
            </Boundary>
          </div>
        )
      )}
    </div>
  );
}
