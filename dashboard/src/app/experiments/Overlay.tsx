import {
  CartesianGrid,
  Line,
  LineChart,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import { number } from "../../lib/format";
import type { ExperimentDetail } from "../../lib/types";

const COLOURS = 8;
const LABELLED_MAX = 12; // beyond that a tooltip would hide the picture

/** So many curves can be told apart; of more, the first are drawn. */
export const DRAWN_MAX = 3 * COLOURS;

/** Eight colours, then the same dashed, then dotted. */
export const lineClass = (i: number): string => `line-${i % COLOURS} dash-${Math.floor(i / COLOURS) % 3}`;

type Row = { iteration: number } & Record<string, number | undefined>;

/** A training at its place in the legend; nothing where its curve is not known. */
export type Curve = ExperimentDetail | null;

/** Curves of one measure by iteration: a row for each iteration that one of them has. */
export function overlaid(of: Curve[], measure: string): Row[] {
  const rows = new Map<number, Row>();
  of.forEach((curve, i) => {
    for (const { iteration, metrics } of curve?.iterations ?? []) {
      const value = (metrics as Record<string, number | null>)[measure];
      if (typeof value !== "number") continue;
      const row = rows.get(iteration) ?? { iteration };
      row[`run${i}`] = value;
      rows.set(iteration, row);
    }
  });
  return [...rows.values()].sort((a, b) => a.iteration - b.iteration);
}

/** One measure of several trainings, one above the other. */
export default function Overlay({ of, measure, label }: { of: Curve[]; measure: string; label: string }) {
  const rows = overlaid(of, measure);
  if (rows.length < 2) return null;
  return (
    <figure className="curve">
      <figcaption>{label}</figcaption>
      <ResponsiveContainer width="100%" height={200}>
        <LineChart data={rows} margin={{ top: 4, right: 8, bottom: 0, left: 0 }} accessibilityLayer={false}>
          <CartesianGrid vertical={false} className="grid" />
          <XAxis dataKey="iteration" tickLine={false} />
          <YAxis
            width={68}
            tickLine={false}
            domain={["auto", "auto"]}
            tickFormatter={(value: number) => String(Number(value.toPrecision(3)))}
          />
          <ReferenceLine y={0} className="zero" />
          {of.length <= LABELLED_MAX && (
            <Tooltip
              formatter={(value) => number(value as number)}
              labelFormatter={(iteration) => `Iteration ${iteration}`}
            />
          )}
          {of.map(
            (curve, i) =>
              curve && (
                <Line
                  key={curve.experiment.id}
                  dataKey={`run${i}`}
                  name={curve.experiment.name || curve.experiment.id}
                  className={lineClass(i)}
                  dot={false}
                  connectNulls
                  isAnimationActive={false}
                />
              ),
          )}
        </LineChart>
      </ResponsiveContainer>
    </figure>
  );
}
