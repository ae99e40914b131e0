import {
  AreaSeries,
  CandlestickSeries,
  createChart,
  createSeriesMarkers,
  type IChartApi,
  type ISeriesApi,
  LineSeries,
  LineStyle,
  type MouseEventParams,
  type UTCTimestamp,
} from "lightweight-charts";
import { useEffect, useRef, useState } from "react";
import { moment, money, percent } from "../lib/format";
import type { Bars, Equity, Fills, Frame } from "../lib/types";
import { useView } from "../stores/viewStore";

interface Props {
  equity: Equity | null;
  bars: Bars | null;
  fills: Fills | null;
  news: Frame[]; // bars and portfolios since then
  mode: "equity" | "candles";
  entry: number | null; // price of the open position
  label: string;
}

const RANGES = { "1D": 1, "1W": 7, "1M": 30, All: 0 } as const;
type Range = keyof typeof RANGES;
const DAY = 86_400;

const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const at = (time: number) => time as UTCTimestamp;

/** Where another model begins to serve: one marker each. */
export function swapsOf(equity: Equity): { time: number; version: number }[] {
  const swaps: { time: number; version: number }[] = [];
  for (let i = 1; i < equity.t.length; ++i) {
    if (equity.model_version[i] !== equity.model_version[i - 1])
      swaps.push({ time: equity.t[i] as number, version: equity.model_version[i] as number });
  }
  return swaps;
}

/** Rows whose time rises and whose value is a number: a chart takes no other. */
export function rising(
  times: number[],
  values: (number | null | undefined)[],
): { time: number; value: number }[] {
  const points: { time: number; value: number }[] = [];
  let last = Number.NEGATIVE_INFINITY;
  times.forEach((time, i) => {
    const value = values[i];
    if (time <= last || typeof value !== "number" || !Number.isFinite(value)) return;
    points.push({ time, value });
    last = time;
  });
  return points;
}

/** How far below its highest value so far each point is, per cent. */
export function drawdownOf(points: { time: number; value: number }[]): { time: number; value: number }[] {
  let peak = 0;
  return points.map(({ time, value }) => {
    peak = Math.max(peak, value);
    return { time, value: peak > 0 ? 100 * (value / peak - 1) : 0 };
  });
}

function dress(chart: IChartApi): void {
  chart.applyOptions({
    layout: {
      background: { color: "transparent" },
      textColor: colour("--quiet"),
      attributionLogo: false,
      fontFamily: "inherit",
      panes: { separatorColor: colour("--line"), separatorHoverColor: colour("--line"), enableResize: false },
    },
    grid: { vertLines: { visible: false }, horzLines: { color: colour("--line") } },
    rightPriceScale: { borderVisible: false, entireTextOnly: true },
    timeScale: { borderVisible: false, timeVisible: true, minBarSpacing: 0.01, enableConflation: true },
  });
}

interface Drawn {
  line?: ISeriesApi<"Area">;
  candles?: ISeriesApi<"Candlestick">;
  depth?: ISeriesApi<"Area">;
  hold?: ISeriesApi<"Line">;
  coins: number; // that the first equity would have bought
  peak: number;
  last: number;
}

function drawEquity(on: IChartApi, equity: Equity): Drawn {
  const points = rising(equity.t, equity.v);
  const line = on.addSeries(AreaSeries, {
    lineColor: colour("--accent"),
    topColor: colour("--accent-soft"),
    bottomColor: "transparent",
    lineWidth: 2,
  });
  line.setData(points.map(({ time, value }) => ({ time: at(time), value })));
  const hold = on.addSeries(LineSeries, {
    color: colour("--quiet"),
    lineWidth: 1,
    lineStyle: LineStyle.Dashed,
    priceLineVisible: false,
    lastValueVisible: false,
    crosshairMarkerVisible: false,
  });
  hold.setData(rising(equity.t, equity.hold).map(({ time, value }) => ({ time: at(time), value })));
  createSeriesMarkers(
    line,
    swapsOf(equity).map(({ time, version }) => ({
      time: at(time),
      position: "aboveBar",
      shape: "arrowDown",
      color: colour("--text"),
      text: `v${version}`,
    })),
  );
  const depth = on.addSeries(
    AreaSeries,
    {
      lineColor: colour("--bad"),
      topColor: "transparent",
      bottomColor: colour("--bad-soft"),
      invertFilledArea: true,
      lineWidth: 1,
      priceLineVisible: false,
      priceFormat: { type: "custom", formatter: (value: number) => percent(value, 1), minMove: 0.01 },
    },
    1,
  );
  depth.setData(drawdownOf(points).map(({ time, value }) => ({ time: at(time), value })));
  on.panes()[0]?.setStretchFactor(3);
  on.panes()[1]?.setStretchFactor(1);
  const peak = points.reduce((most, { value }) => Math.max(most, value), 0);
  const coins = equity.first_price ? (points[0]?.value ?? 0) / equity.first_price : 0;
  return { line, depth, hold, coins, peak, last: points.at(-1)?.time ?? 0 };
}

function drawCandles(on: IChartApi, bars: Bars, fills: Fills | null, entry: number | null): Drawn {
  const candles = on.addSeries(CandlestickSeries, {
    upColor: colour("--good"),
    downColor: colour("--bad"),
    wickUpColor: colour("--good"),
    wickDownColor: colour("--bad"),
    borderVisible: false,
  });
  candles.setData(
    bars.t.map((time, i) => ({
      time: at(time),
      open: bars.o[i] as number,
      high: bars.h[i] as number,
      low: bars.l[i] as number,
      close: bars.c[i] as number,
    })),
  );
  const few = (fills?.t.length ?? 0) <= 60; // more labels would hide the candles
  if (fills)
    createSeriesMarkers(
      candles,
      fills.t.map((time, i) => {
        const bought = fills.side[i] === "buy";
        return {
          time: at(time),
          position: bought ? "belowBar" : "aboveBar",
          shape: bought ? "arrowUp" : "arrowDown",
          color: colour(bought ? "--good" : "--bad"),
          text: few ? `${bought ? "buy" : "sell"} ${money(fills.v[i])}` : "",
        };
      }),
    );
  if (entry !== null)
    candles.createPriceLine({
      price: entry,
      color: colour("--accent"),
      lineStyle: LineStyle.Dashed,
      lineWidth: 1,
      axisLabelVisible: true,
      title: "entry",
    });
  return { candles, coins: 0, peak: 0, last: bars.t.at(-1) ?? 0 };
}

function show(chart: IChartApi, range: Range, last: number): void {
  const days = RANGES[range];
  if (days === 0 || last === 0) chart.timeScale().fitContent();
  else chart.timeScale().setVisibleRange({ from: at(last - days * DAY), to: at(last) });
}

// What lies under the pointer, or the newest.
function legendOf(
  event: MouseEventParams | null,
  { equity, bars, fills, mode }: Pick<Props, "equity" | "bars" | "fills" | "mode">,
  utc: boolean,
): string {
  const times = (mode === "equity" ? equity?.t : bars?.t) ?? [];
  const wanted = event?.time as number | undefined;
  const i = wanted === undefined ? times.length - 1 : times.indexOf(wanted);
  if (i < 0) return "";
  const when = moment(times[i], utc);
  if (mode === "equity" && equity) {
    const hold = equity.hold[i];
    return `${when}  equity ${money(equity.v[i])}${hold != null ? `  hold ${money(hold)}` : ""}  v${equity.model_version[i]}`;
  }
  if (!bars) return "";
  const fill = fills?.t.indexOf(times[i] as number) ?? -1;
  const said =
    fill >= 0 && fills
      ? `  ${fills.side[fill]} ${fills.size[fill]?.toFixed(5)} at ${money(fills.v[fill])}`
      : "";
  return `${when}  O ${money(bars.o[i])}  H ${money(bars.h[i])}  L ${money(bars.l[i])}  C ${money(bars.c[i])}${said}`;
}

export default function EquityChart({ equity, bars, fills, news, mode, entry, label }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<IChartApi | null>(null);
  const drawn = useRef<Drawn>({ coins: 0, peak: 0, last: 0 });
  const [range, setRange] = useState<Range>("All");
  const [under, setUnder] = useState<MouseEventParams | null>(null);
  const [theme, setTheme] = useState(0);
  const { utc } = useView();

  useEffect(() => {
    if (!place.current) return;
    const made = createChart(place.current, { autoSize: true, layout: { attributionLogo: false } });
    dress(made);
    chart.current = made;
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    const redress = () => {
      dress(made);
      setTheme((count) => count + 1); // series have colours of their own
    };
    scheme.addEventListener("change", redress);
    const watch = new MutationObserver(redress);
    watch.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    made.subscribeCrosshairMove((event) => setUnder(event.time === undefined ? null : event));
    return () => {
      scheme.removeEventListener("change", redress);
      watch.disconnect();
      made.remove();
      chart.current = null;
      drawn.current = { coins: 0, peak: 0, last: 0 };
    };
  }, []);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme changes the colours that are read
  useEffect(() => {
    const on = chart.current;
    if (!on) return;
    for (const pane of on.panes()) for (const series of pane.getSeries()) on.removeSeries(series);
    drawn.current = { coins: 0, peak: 0, last: 0 };
    if (mode === "equity" && equity) drawn.current = drawEquity(on, equity);
    if (mode === "candles" && bars) drawn.current = drawCandles(on, bars, fills, entry);
    show(on, range, drawn.current.last);
  }, [equity, bars, fills, mode, entry, theme]);

  useEffect(() => {
    if (chart.current) show(chart.current, range, drawn.current.last);
  }, [range]);

  useEffect(() => {
    const on = drawn.current;
    let time = 0;
    let close = 0;
    for (const frame of news) {
      if (frame.type === "live_bar") {
        time = frame.timestamp as number;
        close = frame.close as number;
        if (on.candles && time >= on.last) {
          on.candles.update({
            time: at(time),
            open: frame.open as number,
            high: frame.high as number,
            low: frame.low as number,
            close: frame.close as number,
          });
          on.last = time;
        }
      } else if (frame.type === "live_portfolio" && on.line && time > 0 && time >= on.last) {
        const value = frame.equity as number;
        on.peak = Math.max(on.peak, value);
        on.line.update({ time: at(time), value });
        if (on.coins > 0 && close > 0) on.hold?.update({ time: at(time), value: on.coins * close });
        on.depth?.update({ time: at(time), value: on.peak > 0 ? 100 * (value / on.peak - 1) : 0 });
        on.last = time;
      }
    }
  }, [news]);

  return (
    <div>
      <div className="row chart-head">
        <span className="legend tabular" aria-hidden="true">
          {legendOf(under, { equity, bars, fills, mode }, utc)}
        </span>
        <span className="grow" />
        <div role="group" aria-label="Range" className="row tight">
          {(Object.keys(RANGES) as Range[]).map((name) => (
            <button
              key={name}
              type="button"
              className="small"
              aria-pressed={range === name}
              onClick={() => setRange(name)}
            >
              {name}
            </button>
          ))}
        </div>
      </div>
      <div ref={place} className="chart tall" role="img" aria-label={label} />
    </div>
  );
}
