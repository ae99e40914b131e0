import {
  AreaSeries,
  CandlestickSeries,
  createChart,
  createSeriesMarkers,
  type IChartApi,
  type ISeriesApi,
  LineSeries,
  LineStyle,
  MismatchDirection,
  type MouseEventParams,
  TickMarkType,
  type Time,
  type UTCTimestamp,
} from "lightweight-charts";
import { useEffect, useRef, useState } from "react";
import { moment, money, percent } from "../lib/format";
import { beginOf, RANGES, type Range } from "../lib/range";
import type { Bars, Equity, Fills, Frame } from "../lib/types";
import { useView } from "../stores/viewStore";

interface Props {
  equity: Equity | null;
  bars: Bars | null;
  fills: Fills | null;
  news: Frame[]; // bars and portfolios since then
  mode: "equity" | "candles";
  range: Range;
  setRange(range: Range): void;
  version: number | null; // of the model that serves now
  entry: number | null; // price of the open position
  label: string;
}

const PRICES = { type: "custom", formatter: money, minMove: 0.01 } as const;

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

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** What stands at a mark of the time axis: the year, the month, the day or the time, where the reader is or in UTC. */
export function markText(time: number, kind: TickMarkType, utc: boolean): string {
  const [day = "", hour = ""] = moment(time, utc).split(" ");
  const [year = "", month = "", date = ""] = day.split("-");
  if (kind === TickMarkType.Year) return year;
  if (kind === TickMarkType.Month) return `${MONTHS[Number(month) - 1]}`;
  return kind === TickMarkType.DayOfMonth ? `${Number(date)} ${MONTHS[Number(month) - 1]}` : hour;
}

function dress(chart: IChartApi, utc: boolean): void {
  chart.applyOptions({
    localization: {
      timeFormatter: (time: Time) => moment(time as number, utc),
    },
    layout: {
      background: { color: "transparent" },
      textColor: colour("--quiet"),
      attributionLogo: false,
      fontFamily: getComputedStyle(document.body).fontFamily, // a canvas inherits none
      panes: { separatorColor: colour("--line"), separatorHoverColor: colour("--line"), enableResize: false },
    },
    grid: { vertLines: { visible: false }, horzLines: { color: colour("--line") } },
    rightPriceScale: { borderVisible: false, entireTextOnly: true },
    timeScale: {
      borderVisible: false,
      timeVisible: true,
      minBarSpacing: 0.01,
      enableConflation: true,
      tickMarkFormatter: (time: Time, kind: TickMarkType) => markText(time as number, kind, utc),
    },
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
    priceFormat: PRICES,
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
    priceFormat: PRICES,
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
  // One from before the first bar would be drawn at it.
  const first = bars.t[0] ?? 0;
  const shown = fills?.t.map((_, i) => i).filter((i) => (fills.t[i] as number) >= first) ?? [];
  const few = shown.length <= 12; // more labels would hide the candles
  if (fills)
    createSeriesMarkers(
      candles,
      shown.map((i) => {
        const bought = fills.side[i] === "buy";
        return {
          time: at(fills.t[i] as number),
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
  const from = beginOf(range, last);
  if (from === null) chart.timeScale().fitContent();
  else chart.timeScale().setVisibleRange({ from: at(from), to: at(last) });
}

// The model that served a bar: of those that came after the answer it is the one that serves now.
function versionAt(time: number, { equity, version }: Pick<Props, "equity" | "version">): number | null {
  const last = equity?.t.at(-1);
  if (!equity || last === undefined || (time > last && version !== null)) return version;
  const after = equity.t.findIndex((other) => other > time);
  return equity.model_version[(after < 0 ? equity.t.length : after) - 1] ?? null;
}

// What lies under the pointer, or the newest: as it is drawn, so also what came since the answer.
function legendOf(event: MouseEventParams | null, on: Drawn, props: Props, utc: boolean): string {
  const drawn = <Kind extends "Area" | "Line" | "Candlestick">(series: ISeriesApi<Kind> | undefined) =>
    series &&
    (event
      ? event.seriesData.get(series)
      : series.dataByIndex(Number.MAX_SAFE_INTEGER, MismatchDirection.NearestLeft));
  const point = drawn(on.line);
  const candle = drawn(on.candles);
  const time = (event?.time ?? point?.time ?? candle?.time) as number | undefined;
  if (time === undefined) return "";
  const when = moment(time, utc);
  if (point && "value" in point) {
    const hold = drawn(on.hold);
    const version = versionAt(time, props);
    const held = hold && "value" in hold && hold.time === time ? `  hold ${money(hold.value)}` : "";
    return `${when}  equity ${money(point.value)}${held}${version === null ? "" : `  v${version}`}`;
  }
  if (!candle || !("open" in candle)) return "";
  const { fills } = props;
  const fill = fills?.t.indexOf(time) ?? -1;
  const said =
    fill >= 0 && fills
      ? `  ${fills.side[fill]} ${fills.size[fill]?.toFixed(5)} at ${money(fills.v[fill])}`
      : "";
  // Of a bar that nobody stored the close alone is known; it has no volume.
  const { bars } = props;
  const row = bars?.t.indexOf(time) ?? -1;
  // One that came since is like the others.
  if (bars && (row < 0 ? bars.drawn === bars.total : bars.drawn > 0 && bars.v[row] === 0))
    return `${when}  close ${money(candle.close)}${said}  (drawn from close to close: high and low are not known)`;
  return `${when}  O ${money(candle.open)}  H ${money(candle.high)}  L ${money(candle.low)}  C ${money(candle.close)}${said}`;
}

export default function EquityChart(props: Props) {
  const { equity, bars, fills, news, mode, entry, label, range, setRange } = props;
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<IChartApi | null>(null);
  const drawn = useRef<Drawn>({ coins: 0, peak: 0, last: 0 });
  const [under, setUnder] = useState<MouseEventParams | null>(null);
  const [theme, setTheme] = useState(0);
  const [, redraw] = useState(0); // the legend reads what was drawn last
  const { utc } = useView();

  useEffect(() => {
    if (!place.current) return;
    const made = createChart(place.current, { autoSize: true, layout: { attributionLogo: false } });
    chart.current = made;
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    const redress = () => setTheme((count) => count + 1); // series have colours of their own
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
    if (chart.current) dress(chart.current, utc);
  }, [utc, theme]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme changes the colours that are read
  useEffect(() => {
    const on = chart.current;
    if (!on) return;
    for (const pane of on.panes()) for (const series of pane.getSeries()) on.removeSeries(series);
    drawn.current = { coins: 0, peak: 0, last: 0 };
    if (mode === "equity" && equity) drawn.current = drawEquity(on, equity);
    if (mode === "candles" && bars) drawn.current = drawCandles(on, bars, fills, entry);
    show(on, range, drawn.current.last);
    redraw((count) => count + 1);
  }, [equity, bars, fills, mode, entry, theme]);

  useEffect(() => {
    if (chart.current) show(chart.current, range, drawn.current.last);
  }, [range]);

  useEffect(() => {
    const on = drawn.current;
    const scale = chart.current?.timeScale();
    // A new bar pushes the oldest out on the left: not where all are shown and nobody has looked closer.
    const all = range === "All" && (scale?.getVisibleLogicalRange()?.from ?? 1) < 1;
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
    if (all) scale?.fitContent();
    redraw((count) => count + 1);
  }, [news, range]);

  return (
    <div>
      <div className="row chart-head">
        <span className="legend tabular" aria-hidden="true">
          {legendOf(under, drawn.current, props, utc)}
        </span>
        <span className="grow" />
        <div role="group" aria-label="Range" className="row tight">
          {RANGES.map((name) => (
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
