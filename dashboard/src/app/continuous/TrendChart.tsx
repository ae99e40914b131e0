import type { MouseEvent } from "react";
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
import { number, percent } from "../../lib/format";

export interface Point {
  cycle: number;
  value: number | null;
  hold: number | null;
  sign: "deployed" | "refused" | "failed" | "skipped" | "learned";
}

const AXIS = 64;
const MARGIN = 8;

interface DotProps {
  cx?: number;
  cy?: number;
  payload?: Point;
}

// Deployed is filled, refused is hollow; what has no value stands on the axis: a cross, a tick.
function Dot({ cx = 0, cy = 0, payload }: DotProps) {
  if (!payload || Number.isNaN(cy) || payload.value === null) return null;
  return <circle cx={cx} cy={cy} r={4} className={payload.sign === "deployed" ? "dot filled" : "dot"} />;
}

const MARK = { failed: "✕", skipped: "ı", learned: "◌", deployed: "", refused: "" } as const;

function Without({ points }: { points: Point[] }) {
  return points
    .filter((point) => point.value === null)
    .map((point) => (
      <ReferenceLine
        key={point.cycle}
        x={point.cycle}
        stroke="none"
        label={{ value: MARK[point.sign], position: "insideBottom", className: "mark" }}
      />
    ));
}

interface Props {
  points: Point[];
  open: number | null;
  pick(cycle: number | null): void;
}

export default function TrendChart({ points, open, pick }: Props) {
  // By where the click is, since a tap comes before the chart knows what it points at.
  const clicked = (_: unknown, event: MouseEvent<SVGGraphicsElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const share = (event.clientX - left - AXIS) / (width - AXIS - MARGIN);
    const nearest = points[Math.round(Math.min(1, Math.max(0, share)) * (points.length - 1))];
    if (nearest) pick(nearest.cycle);
  };
  return (
    <ResponsiveContainer width="100%" height={200}>
      <LineChart
        data={points}
        margin={{ top: 8, right: MARGIN, bottom: 0, left: 0 }}
        accessibilityLayer={false}
        onClick={clicked}
      >
        <CartesianGrid vertical={false} className="grid" />
        <XAxis dataKey="cycle" tickLine={false} />
        <YAxis
          width={AXIS}
          tickLine={false}
          tickFormatter={(value: number) => `${number(value, 1)}\u00a0%`}
        />
        <ReferenceLine y={0} className="zero" />
        {open !== null && <ReferenceLine x={open} className="chosen" />}
        <Tooltip
          isAnimationActive={false}
          formatter={(value) => percent(value as number)}
          labelFormatter={(cycle) => `Cycle ${cycle}`}
        />
        <Line
          dataKey="hold"
          name="hold"
          className="hold"
          dot={false}
          connectNulls
          isAnimationActive={false}
          strokeDasharray="4 4"
        />
        <Line
          dataKey="value"
          name="policy"
          className="policy"
          dot={<Dot />}
          connectNulls
          isAnimationActive={false}
        />
        {Without({ points })}
      </LineChart>
    </ResponsiveContainer>
  );
}
