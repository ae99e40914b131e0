import { lazy, Suspense, useState } from "react";
import { useAnswer } from "../hooks/useAnswer";
import { useNow } from "../hooks/useNow";
import { post } from "../lib/api";
import { duration, moment, money, number, percent, tone } from "../lib/format";
import { patient } from "../lib/patient";
import type { Bars, Equity, Fills } from "../lib/types";
import { useContinuous } from "../stores/continuousStore";
import { useView } from "../stores/viewStore";
import { Boundary } from "./Boundary";
import { Command } from "./Command";
import { Confirm } from "./Confirm";
import { Facts } from "./Facts";

const EquityChart = lazy(() => patient(() => import("./EquityChart")));

/** The trader: what it holds, how it fares, and its curve. */
export function Trader() {
  const { live, status, points, connection, refresh } = useContinuous();
  const { utc } = useView();
  const now = useNow();
  const [mode, setMode] = useState<"equity" | "candles">("equity");
  const [asTable, setAsTable] = useState(false);
  const [asked, setAsked] = useState<"halt" | "resume" | null>(null);
  const known = live?.session_id ?? null;
  const version = `${known}/${live?.swap_count}`;
  const equity = useAnswer<Equity>(known ? "live/equity" : null, version).data;
  const bars = useAnswer<Bars>(known && mode === "candles" ? "live/bars" : null, version).data;
  const fills = useAnswer<Fills>(known && mode === "candles" ? "live/trades" : null, version).data;
  if (!live || !known)
    return (
      <section className="card empty" aria-labelledby="trader-title">
        <h2 id="trader-title">Trader</h2>
        <p>No trader has run yet. A paper trader for this schedule:</p>
        <Command text={`ctt trade --schedule ${status?.schedule_id ?? "NAME"}`} />
      </section>
    );
  const schedule = live.schedule_id ?? status?.schedule_id ?? "";
  const halted = live.state !== "active";
  const age = live.last_bar_at && live.running ? (now - Date.parse(live.last_bar_at)) / 1000 : null;
  const replayed = age !== null && age > 14 * 86400; // a replay's bars are of their own time
  const summary = `Equity ${money(live.equity)}, ${percent(live.pnl_pct)} since the start, largest drawdown ${percent(live.max_drawdown_pct)}, ${live.swap_count} swaps of the policy`;
  return (
    <section className="card" aria-labelledby="trader-title">
      <div className="row">
        <h2 id="trader-title">Trader {live.symbol}</h2>
        <span className={`badge ${!live.running ? "" : halted ? "bad" : "good"}`}>
          {!live.running ? "○ not running" : halted ? `■ ${live.state}` : "● active"}
        </span>
        {live.paper && <span className="badge">paper</span>}
        <span className="grow" />
        <div role="group" aria-label="View" className="row">
          <button type="button" aria-pressed={mode === "equity"} onClick={() => setMode("equity")}>
            Equity
          </button>
          <button type="button" aria-pressed={mode === "candles"} onClick={() => setMode("candles")}>
            Candles
          </button>
          <button type="button" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
            Table
          </button>
        </div>
        {live.running && (
          <button
            type="button"
            disabled={connection.state !== "live"}
            title={connection.state !== "live" ? "Not connected" : undefined}
            onClick={() => setAsked(halted ? "resume" : "halt")}
          >
            {halted ? "Resume trading" : "Halt trading"}
          </button>
        )}
      </div>
      {live.state_reason && halted && <p className="note bad">{live.state_reason}</p>}
      {!live.running && (
        <p className="note">
          It ended {moment(live.last_bar_at, utc)}. <Command text={`ctt trade --schedule ${schedule}`} />
        </p>
      )}
      <Facts
        of={[
          ["Equity", money(live.equity)],
          [
            "Since the start",
            <span key="pnl" className={tone(live.pnl_pct)}>
              {percent(live.pnl_pct)}
            </span>,
          ],
          ["Drawdown", percent(live.drawdown_pct === null ? null : -live.drawdown_pct)],
          [
            "Position",
            live.position === "asset"
              ? `${number(live.position_qty, 5)} at ${money(live.entry_price)}`
              : "cash",
          ],
          ["Model", `v${live.model_version}`],
          ["Trades, bars", `${live.total_trades}, ${live.total_bars}`],
          ["Newest bar", replayed || age === null ? moment(live.last_bar_at, utc) : `${duration(age)} ago`],
        ]}
      />
      {asTable && equity ? (
        <div className="scroll" tabIndex={0} role="region" aria-label="Equity as a table">
          <table>
            <thead>
              <tr>
                <th>Bar</th>
                <th className="n">Equity</th>
                <th>Model</th>
              </tr>
            </thead>
            <tbody>
              {equity.t.slice(-200).map((time, i, shown) => {
                const at = equity.t.length - shown.length + i;
                return (
                  <tr key={time}>
                    <td className="tabular">{moment(time, utc)}</td>
                    <td className="n">{money(equity.v[at])}</td>
                    <td>v{equity.model_version[at]}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      ) : (
        <Boundary>
          <Suspense fallback={<div className="chart tall" />}>
            {equity && equity.t.length > 0 ? (
              <EquityChart
                equity={equity}
                bars={bars}
                fills={fills}
                news={points}
                mode={mode}
                label={summary}
              />
            ) : (
              <div className="chart tall" />
            )}
          </Suspense>
        </Boundary>
      )}
      {asked && (
        <Confirm
          title={asked === "halt" ? "Halt trading" : "Resume trading"}
          verb={asked === "halt" ? "Halt" : "Resume"}
          danger={asked === "halt"}
          command={`ctt trade ${asked} --schedule ${schedule}`}
          act={async () => {
            await post(`live/${asked}`, { schedule_id: schedule });
            await refresh();
          }}
          onClose={() => setAsked(null)}
        >
          <p>
            {asked === "halt"
              ? "No order leaves any more, also after a restart. The open position stays as it is."
              : "The trader may buy and sell again from the next bar."}
          </p>
        </Confirm>
      )}
    </section>
  );
}
