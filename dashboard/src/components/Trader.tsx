import { lazy, Suspense, useMemo, useState } from "react";
import { useAnswer } from "../hooks/useAnswer";
import { useNow } from "../hooks/useNow";
import { useResults } from "../hooks/useResults";
import { path } from "../lib/address";
import { post } from "../lib/api";
import { duration, moment, money, number, percent, tone } from "../lib/format";
import { patient } from "../lib/patient";
import { beginOf, type Range } from "../lib/range";
import type { Bars, Equity, Fills, LiveSession, LiveStatus, Results } from "../lib/types";
import { useContinuous, useParts } from "../stores/continuousStore";
import { useView } from "../stores/viewStore";
import { Boundary } from "./Boundary";
import { Command } from "./Command";
import { Confirm } from "./Confirm";
import { Facts } from "./Facts";

const EquityChart = lazy(() => patient(() => import("./EquityChart")));

const SIGN: Record<string, string> = { active: "● active", reducing: "▼ reducing", halted: "■ halted" };

function StateBadge({ live }: { live: LiveStatus }) {
  const heard = useContinuous((state) => state.connection.state === "live");
  if (!heard) return <span className="badge warn">◐ not known</span>;
  if (!live.running)
    return (
      <span className={live.state === "active" ? "badge" : "badge bad"}>
        ○ not running{live.state !== "active" && `, ${live.state}`}
      </span>
    );
  const state = live.state ?? "active";
  return (
    <span className={`badge ${state === "active" ? "good" : state === "halted" ? "bad" : "warn"}`}>
      {SIGN[state] ?? state}
    </span>
  );
}

/** What money this is, and whether the bars were known to the model. */
export function Origin({
  replay,
  paper,
  results,
}: {
  replay: boolean;
  paper: boolean;
  results: Results | null;
}) {
  return (
    <>
      {replay ? (
        <span className="badge warn" title="Old bars, a simulated account: no result of a market">
          replay
        </span>
      ) : (
        <span className="badge">{paper ? "paper" : "live money"}</span>
      )}
      <InSample results={results} />
    </>
  );
}

/** Says so where numbers are of bars that the model had learned from. */
export function InSample({ results }: { results: Results | null }) {
  if (!results?.in_sample_bars) return null;
  return (
    <span className="badge bad" title="Decided on by a model that had learned from them: no forecast">
      in-sample: {results.in_sample_bars} of {results.bars} bars
    </span>
  );
}

/** The trader: what it holds, how it fares, and its curve. An older session instead, when one is given. */
export function Trader({
  session,
  results: given,
}: {
  session?: LiveSession | null;
  results?: Results | null; // of a page that has asked for them already
}) {
  const { live, status, points, connection, refresh, readOnly, loaded } = useParts(
    "live",
    "status",
    "points",
    "connection",
    "refresh",
    "readOnly",
    "loaded",
  );
  const { utc } = useView();
  const now = useNow();
  const [mode, setMode] = useState<"equity" | "candles">("equity");
  const [range, setRange] = useState<Range>("All");
  const [asTable, setAsTable] = useState(false);
  const [asked, setAsked] = useState<"halt" | "resume" | null>(null);
  const known = session?.id ?? live?.session_id ?? null;
  const old = session && session.id !== live?.session_id ? session : null;
  // Now and then the whole curve anew, as the server samples it: a chart that is left open does not grow for ever.
  const renewed = Math.floor((live?.total_bars ?? 0) / 2000);
  const version = old ? known : `${known}/${live?.swap_count}/${renewed}`;
  const query = { schedule_id: status?.schedule_id, session_id: old?.id };
  const ask = (call: string, wanted = true) => (known && wanted ? path(call, query) : null);
  const equity = useAnswer<Equity>(ask("live/equity"), version).data;
  // Of a range every bar: as few as the whole is drawn with, they would be wider than a bar.
  const newest = (old ?? live)?.last_bar_at ?? null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: with each answer, not with each bar
  const from = useMemo(() => (newest ? beginOf(range, Date.parse(newest) / 1000) : null), [range, version]);
  const bars = useAnswer<Bars>(
    known && mode === "candles" ? path("live/bars", { ...query, from }) : null,
    version,
  ).data;
  const fills = useAnswer<Fills>(
    ask("live/trades", mode === "candles"),
    `${version}/${live?.total_trades}`,
  ).data;
  const own = useResults(old?.id, given === undefined);
  const results = given ?? own;
  if (!loaded && !live)
    return <p className="quiet">{connection.state === "live" ? "Loading" : "Not known"}</p>;
  if (!live || !known)
    return (
      <section className="card line" aria-labelledby="trader-title">
        <h2 id="trader-title">Trader</h2>
        <span>No trader has run yet.</span>
        <Command text={`ctt trade --schedule ${status?.schedule_id ?? "NAME"}`} />
      </section>
    );
  const schedule = live.schedule_id ?? status?.schedule_id ?? "";
  const shown = old ?? live;
  const held = live.state !== "active";
  const age = !old && live.last_bar_at && live.running ? (now - Date.parse(live.last_bar_at)) / 1000 : null;
  const limits = (old ? old.config : live.limits) as Record<string, number> | null;
  const served = status?.deployed;
  const since = !old && served?.served && served.model_version === live.model_version && served.deployed_at;
  const serving = since ? `, for ${duration((now - Date.parse(since)) / 1000)}` : "";
  // Results are asked for now and then, what the trader says comes with each bar.
  const down = old || live.drawdown_pct === null ? 0 : -live.drawdown_pct;
  const largest = results?.max_drawdown_pct == null ? null : Math.min(results.max_drawdown_pct, down);
  const swaps = shown.swap_count;
  const [coin = "", quote = ""] = (shown.symbol ?? "").split("/");
  const summary = `Equity ${money(shown.equity)}, ${percent(shown.pnl_pct)} since the start, hold ${percent(results?.hold_pct)}, largest drawdown ${percent(largest)}, ${swaps} swaps of the policy`;
  return (
    <section className="card" aria-labelledby="trader-title">
      <div className="row">
        <h2 id="trader-title">
          {old ? `Session ${old.id}` : "Trader"} {shown.symbol}
        </h2>
        {!old && <StateBadge live={live} />}
        <Origin
          replay={(old ? old.replay : live.replay) === true}
          paper={shown.paper === true}
          results={results}
        />
        <span className="grow" />
        <div role="group" aria-label="View" className="row tight">
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
        {!old && !readOnly && (live.running || held) && (
          <button
            type="button"
            disabled={connection.state !== "live"}
            title={connection.state !== "live" ? "Not connected" : undefined}
            onClick={() => setAsked(held ? "resume" : "halt")}
          >
            {held ? "Resume trading" : "Halt trading"}
          </button>
        )}
      </div>
      {!old && live.state_reason && held && <p className="note bad">{live.state_reason}</p>}
      {!old && !live.running && (
        <p className="note">
          It does not run{live.last_bar_at && `; its newest bar is of ${moment(live.last_bar_at, utc)}`}.{" "}
          <Command text={`ctt trade --schedule ${schedule}`} />
        </p>
      )}
      <Facts
        of={[
          ["Equity", `${money(shown.equity)} ${quote}`],
          [
            "Since the start",
            <span key="pnl" className={tone(shown.pnl_pct)}>
              {percent(shown.pnl_pct)}
            </span>,
          ],
          ["Hold, same bars", percent(results?.hold_pct)],
          ...(old ? [] : ([["Drawdown", percent(down)]] as [string, string][])),
          ["Largest drawdown", percent(largest)],
          ...(old
            ? []
            : ([
                ["Cash", `${money(live.cash)} ${quote}`],
                [
                  "Position",
                  live.position === "asset"
                    ? `${number(live.position_qty, 5)} ${coin} at ${money(live.entry_price)}`
                    : "cash",
                ],
              ] as [string, string][])),
          ["Model", `v${shown.model_version ?? "–"}${serving}`],
          ["Trades", String(shown.total_trades)],
          ["Bars", String(shown.total_bars)],
          [
            "Newest bar",
            age === null || live.replay ? moment(shown.last_bar_at, utc) : `${duration(age)} ago`,
          ],
          [
            "Limits",
            limits?.max_drawdown_pct != null
              ? `drawdown ${number(limits.max_drawdown_pct, 0)} %${limits.max_daily_loss_pct ? `, day ${number(limits.max_daily_loss_pct, 0)} %` : ""}`
              : "–",
          ],
        ]}
      />
      {asTable && equity && (
        <p className="quiet">
          The newest {Math.min(200, equity.t.length)} of {equity.t.length} points
          {equity.sampled && `, which stand for ${equity.total} bars`}.
        </p>
      )}
      {asTable && equity ? (
        <div className="scroll short" tabIndex={0} role="region" aria-label="Equity as a table">
          <table>
            <thead>
              <tr>
                <th>Bar</th>
                <th className="n">Equity</th>
                <th className="n">Hold</th>
                <th>Model</th>
              </tr>
            </thead>
            <tbody>
              {equity.t.slice(-200).map((time, i, part) => {
                const row = equity.t.length - part.length + i;
                return (
                  <tr key={time}>
                    <td className="tabular">{moment(time, utc)}</td>
                    <td className="n">{money(equity.v[row])}</td>
                    <td className="n">{money(equity.hold[row])}</td>
                    <td>v{equity.model_version[row]}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      ) : (
        <Boundary>
          <Suspense fallback={<div className="chart tall" />}>
            {equity && equity.t.length > 0 && (
              <EquityChart
                key={known}
                equity={equity}
                bars={bars}
                fills={fills}
                news={old ? [] : points}
                mode={mode}
                range={range}
                setRange={setRange}
                version={old ? null : live.model_version}
                entry={!old && live.position === "asset" ? live.entry_price : null}
                label={summary}
              />
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
