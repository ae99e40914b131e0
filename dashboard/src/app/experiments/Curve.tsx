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

export type CurveRow = { iteration: number; [key: string]: number };

/** One measure over the iterations of a training. */
export default function Curve({
  rows,
  measure,
  label,
}: {
  rows: CurveRow[];
  measure: string;
  label: string;
}) {
  const newest = rows.at(-1)?.[measure];
  return (
    <figure className="curve">
      <figcaption>
        {label} <span className="quiet tabular">{number(newest)}</span>
      </figcaption>
      <ResponsiveContainer width="100%" height={160}>
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
          <Tooltip
            formatter={(value) => number(value as number)}
            labelFormatter={(iteration) => `Iteration ${iteration}`}
          />
          <Line dataKey={measure} name={label} className="policy" dot={false} isAnimationActive={false} />
        </LineChart>
      </ResponsiveContainer>
    </figure>
  );
}
