import {
  AreaSeries,
  CandlestickSeries,
  createChart,
  createSeriesMarkers,
  type IChartApi,
  type ISeriesApi,
  type UTCTimestamp,
} from "lightweight-charts";
import { useEffect, useRef } from "react";
import type { Bars, Equity, Fills, Frame } from "../lib/types";

interface Props {
  equity: Equity | null;
  bars: Bars | null;
  fills: Fills | null;
  news: Frame[]; // bars and portfolios since then
  mode: "equity" | "candles";
  label: string;
}

const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** Where another model begins to serve: one marker each. */
export function swapsOf(equity: Equity): { time: number; version: number }[] {
  const swaps: { time: number; version: number }[] = [];
  for (let i = 1; i < equity.t.length; ++i) {
    if (equity.model_version[i] !== equity.model_version[i - 1])
      swaps.push({ time: equity.t[i] as number, version: equity.model_version[i] as number });
  }
  return swaps;
}

function dress(chart: IChartApi): void {
  chart.applyOptions({
    layout: {
      background: { color: "transparent" },
      textColor: colour("--quiet"),
      attributionLogo: false,
      fontFamily: "inherit",
    },
    grid: { vertLines: { visible: false }, horzLines: { color: colour("--line") } },
    rightPriceScale: { borderVisible: false },
    timeScale: { borderVisible: false, timeVisible: true, minBarSpacing: 0.01, enableConflation: true },
  });
}

export default function EquityChart({ equity, bars, fills, news, mode, label }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<IChartApi | null>(null);
  const line = useRef<ISeriesApi<"Area"> | null>(null);
  const candles = useRef<ISeriesApi<"Candlestick"> | null>(null);
  const last = useRef(0);

  useEffect(() => {
    if (!place.current) return;
    const made = createChart(place.current, { autoSize: true, layout: { attributionLogo: false } });
    dress(made);
    chart.current = made;
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    const redress = () => dress(made);
    scheme.addEventListener("change", redress);
    const watch = new MutationObserver(redress);
    watch.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return () => {
      scheme.removeEventListener("change", redress);
      watch.disconnect();
      made.remove();
      chart.current = line.current = candles.current = null;
    };
  }, []);

  useEffect(() => {
    const on = chart.current;
    if (!on) return;
    if (line.current) on.removeSeries(line.current);
    if (candles.current) on.removeSeries(candles.current);
    line.current = candles.current = null;
    if (mode === "equity" && equity) {
      const area = on.addSeries(AreaSeries, {
        lineColor: colour("--accent"),
        topColor: colour("--accent-soft"),
        bottomColor: "transparent",
        lineWidth: 2,
      });
      area.setData(equity.t.map((time, i) => ({ time: time as UTCTimestamp, value: equity.v[i] as number })));
      createSeriesMarkers(
        area,
        swapsOf(equity).map(({ time, version }) => ({
          time: time as UTCTimestamp,
          position: "aboveBar",
          shape: "arrowDown",
          color: colour("--text"),
          text: `v${version}`,
        })),
      );
      line.current = area;
      last.current = equity.t.at(-1) ?? 0;
    }
    if (mode === "candles" && bars) {
      const series = on.addSeries(CandlestickSeries, {
        upColor: colour("--good"),
        downColor: colour("--bad"),
        wickUpColor: colour("--good"),
        wickDownColor: colour("--bad"),
        borderVisible: false,
      });
      series.setData(
        bars.t.map((time, i) => ({
          time: time as UTCTimestamp,
          open: bars.o[i] as number,
          high: bars.h[i] as number,
          low: bars.l[i] as number,
          close: bars.c[i] as number,
        })),
      );
      if (fills)
        createSeriesMarkers(
          series,
          fills.t.map((time, i) => ({
            time: time as UTCTimestamp,
            position: fills.side[i] === "buy" ? "belowBar" : "aboveBar",
            shape: fills.side[i] === "buy" ? "arrowUp" : "arrowDown",
            color: colour(fills.side[i] === "buy" ? "--good" : "--bad"),
          })),
        );
      candles.current = series;
      last.current = bars.t.at(-1) ?? 0;
    }
    on.timeScale().fitContent();
  }, [equity, bars, fills, mode]);

  useEffect(() => {
    let time = 0;
    for (const frame of news) {
      if (frame.type === "live_bar") {
        time = frame.timestamp as number;
        if (candles.current && time >= last.current) {
          candles.current.update({
            time: time as UTCTimestamp,
            open: frame.open as number,
            high: frame.high as number,
            low: frame.low as number,
            close: frame.close as number,
          });
          last.current = time;
        }
      } else if (frame.type === "live_portfolio" && line.current && time >= last.current) {
        line.current.update({ time: time as UTCTimestamp, value: frame.equity as number });
        last.current = time;
      }
    }
  }, [news]);

  return <div ref={place} className="chart tall" role="img" aria-label={label} />;
}
