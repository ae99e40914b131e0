import { useState } from "react";
import { type Column, DataTable } from "../../components/DataTable";
import { Origin, Trader } from "../../components/Trader";
import { useAnswer } from "../../hooks/useAnswer";
import { useResults } from "../../hooks/useResults";
import { path, queryWith } from "../../lib/address";
import { moment, money, percent, tone } from "../../lib/format";
import type { LiveSession } from "../../lib/types";
import { useContinuous, useParts } from "../../stores/continuousStore";
import { useView } from "../../stores/viewStore";
import { Results, Trips } from "./Results";

const asked = () => new URLSearchParams(location.search).get("session");

/** What a schedule's trader did, session by session. */
export default function TradingPage() {
  // Not the whole of `live`, which changes with each bar: the tables below have hundreds of rows.
  const newest = useContinuous((state) => state.live?.session_id ?? null);
  const { status, turn } = useParts("status", "turn");
  const [chosen, setChosen] = useState(asked);
  const schedule = status?.schedule_id ?? null;
  const sessions = useAnswer<LiveSession[]>(
    schedule ? path("live/sessions", { schedule_id: schedule, limit: 50 }) : null,
    turn,
  ).data;
  const session = sessions?.find((one) => one.id === chosen) ?? null;
  const old = session && session.id !== newest ? session : null;
  const results = useResults(old?.id);
  const choose = (id: string) => {
    const next = id === newest ? null : id;
    history.replaceState(null, "", location.pathname + queryWith({ session: next }));
    setChosen(id);
  };
  return (
    <>
      <h1>Paper Trading</h1>
      <Trader session={session} results={results} />
      {results && results.bars > 0 && (
        <>
          <Results results={results} />
          <Trips results={results} />
        </>
      )}
      {sessions && sessions.length > 0 && (
        <Sessions sessions={sessions} shown={session?.id ?? newest ?? null} choose={choose} />
      )}
    </>
  );
}

interface SessionsProps {
  sessions: LiveSession[];
  shown: string | null;
  choose(id: string): void;
}

function Sessions({ sessions, shown, choose }: SessionsProps) {
  const { utc } = useView();
  const toneOf = ({ in_sample, pnl }: LiveSession) => (in_sample === false ? tone(pnl) : "quiet");
  const columns: Column<LiveSession>[] = [
    {
      head: "Session",
      cell: (session) => (
        <button
          type="button"
          className="plain"
          aria-label={session.id}
          aria-pressed={session.id === shown}
          onClick={() => choose(session.id)}
        >
          {session.id.replace("live-", "")}
        </button>
      ),
    },
    {
      head: "Money",
      cell: (session) => (
        <>
          <Origin replay={session.replay} paper={session.paper} results={null} />{" "}
          {session.in_sample && <span className="badge bad">in-sample</span>}
        </>
      ),
    },
    { head: "Started", className: "tabular", cell: (session) => moment(session.started_at, utc) },
    {
      head: "Ended",
      className: "tabular",
      cell: ({ status, stopped_at, message }) => (
        <span title={message ?? undefined}>
          {stopped_at && moment(stopped_at, utc)}
          {status !== "stopped" && <span className={status === "failed" ? "bad" : ""}> {status}</span>}
        </span>
      ),
    },
    { head: "Result", n: true, className: toneOf, cell: ({ pnl }) => money(pnl) },
    {
      head: "Result %",
      n: true,
      className: toneOf,
      cell: ({ pnl_pct }) => percent(pnl_pct),
    },
    { head: "Trades", n: true, cell: (session) => session.total_trades },
    { head: "Bars", n: true, cell: (session) => session.total_bars },
    { head: "Drawdown", n: true, cell: (session) => percent(-session.max_drawdown_pct) },
    {
      head: "Model",
      cell: ({ model_version }) => (model_version === null ? "–" : `v${model_version}`),
    },
  ];
  return (
    <section className="card" aria-labelledby="sessions-title">
      <h2 id="sessions-title">Sessions</h2>
      <DataTable
        label="Table of sessions"
        rows={sessions}
        columns={columns}
        keyOf={(session) => session.id}
        rowProps={(session) => ({ className: session.id === shown ? "marked" : "" })}
        height="tall"
      />
    </section>
  );
}
