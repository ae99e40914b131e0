import { useState } from "react";
import { Table } from "../../components/Table";
import { Origin, Trader } from "../../components/Trader";
import { useAnswer } from "../../hooks/useAnswer";
import { path, queryWith } from "../../lib/address";
import { moment, money, percent, tone } from "../../lib/format";
import type { Results as Given, LiveSession } from "../../lib/types";
import { useContinuous } from "../../stores/continuousStore";
import { useView } from "../../stores/viewStore";
import { Results, Trips } from "./Results";

const asked = () => new URLSearchParams(location.search).get("session");

/** What a schedule's trader did, session by session. */
export default function TradingPage() {
  const { live, status, turn } = useContinuous();
  const [chosen, setChosen] = useState(asked);
  const schedule = status?.schedule_id ?? null;
  const sessions = useAnswer<LiveSession[]>(
    schedule ? path("live/sessions", { schedule_id: schedule, limit: 50 }) : null,
    turn,
  ).data;
  const session = sessions?.find((one) => one.id === chosen) ?? null;
  const old = session && session.id !== live?.session_id ? session : null;
  const results = useAnswer<Given>(
    schedule && live?.session_id
      ? path("live/results", { schedule_id: schedule, session_id: old?.id })
      : null,
    turn,
  ).data;
  const choose = (id: string) => {
    const next = id === live?.session_id ? null : id;
    history.replaceState(null, "", location.pathname + queryWith({ session: next }));
    setChosen(id);
  };
  return (
    <>
      <h1>Paper Trading</h1>
      <Trader session={session} />
      {results && results.bars > 0 && (
        <>
          <Results results={results} />
          <Trips results={results} />
        </>
      )}
      {sessions && sessions.length > 0 && (
        <Sessions sessions={sessions} shown={session?.id ?? live?.session_id ?? null} choose={choose} />
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
  return (
    <section className="card" aria-labelledby="sessions-title">
      <h2 id="sessions-title">Sessions</h2>
      <div className="scroll tall" tabIndex={0} role="region" aria-label="Table of sessions">
        <Table>
          <thead>
            <tr>
              <th>Session</th>
              <th>Money</th>
              <th>Started</th>
              <th>Ended</th>
              <th>Status</th>
              <th className="n">Result</th>
              <th className="n">Result %</th>
              <th className="n">Trades</th>
              <th className="n">Bars</th>
              <th className="n">Drawdown</th>
              <th>Model</th>
            </tr>
          </thead>
          <tbody>
            {sessions.map((session) => (
              <tr key={session.id} className={session.id === shown ? "marked" : ""}>
                <td>
                  <button
                    type="button"
                    className="plain"
                    aria-pressed={session.id === shown}
                    onClick={() => choose(session.id)}
                  >
                    {session.id}
                  </button>
                </td>
                <td>
                  <Origin replay={session.replay} paper={session.paper} results={null} />
                </td>
                <td className="tabular">{moment(session.started_at, utc)}</td>
                <td className="tabular">{moment(session.stopped_at, utc)}</td>
                <td title={session.message ?? undefined}>{session.status}</td>
                <td className={`n ${tone(session.pnl)}`}>{money(session.pnl)}</td>
                <td className={`n ${tone(session.pnl)}`}>{percent(session.pnl_pct)}</td>
                <td className="n">{session.total_trades}</td>
                <td className="n">{session.total_bars}</td>
                <td className="n">{percent(-session.max_drawdown_pct)}</td>
                <td>{session.model_version === null ? "–" : `v${session.model_version}`}</td>
              </tr>
            ))}
          </tbody>
        </Table>
      </div>
    </section>
  );
}
