import { Trader } from "../../components/Trader";
import { useAnswer } from "../../hooks/useAnswer";
import type { components } from "../../lib/contract";
import { moment, money, percent, tone } from "../../lib/format";
import { useContinuous } from "../../stores/continuousStore";
import { useView } from "../../stores/viewStore";

type Session = components["schemas"]["LiveSession"];
type Trade = components["schemas"]["LiveTrade"];

export default function TradingPage() {
  const live = useContinuous((state) => state.live);
  const { utc } = useView();
  const sessions = useAnswer<Session[]>("live/sessions?limit=20", live?.session_id).data;
  const trades = useAnswer<Trade[]>(
    live?.session_id ? `live/sessions/${live.session_id}/trades?limit=500` : null,
    live?.total_trades,
  ).data;
  return (
    <>
      <h1>Paper Trading</h1>
      <Trader />
      {trades && trades.length > 0 && (
        <section className="card scroll" tabIndex={0} aria-label="Newest fills">
          <h2>Newest fills</h2>
          <table>
            <thead>
              <tr>
                <th>Time</th>
                <th>Side</th>
                <th className="n">Price</th>
                <th className="n">Size</th>
                <th className="n">Commission</th>
                <th>Model</th>
              </tr>
            </thead>
            <tbody>
              {trades
                .slice(-30)
                .reverse()
                .map((trade) => (
                  <tr key={trade.id}>
                    <td>{moment(trade.timestamp, utc)}</td>
                    <td>{trade.side}</td>
                    <td className="n">{money(trade.price)}</td>
                    <td className="n">{trade.size?.toFixed(6)}</td>
                    <td className="n">{money(trade.commission)}</td>
                    <td>v{trade.model_version}</td>
                  </tr>
                ))}
            </tbody>
          </table>
        </section>
      )}
      {sessions && sessions.length > 0 && (
        <section className="card scroll" tabIndex={0} aria-label="Sessions">
          <h2>Sessions</h2>
          <table>
            <thead>
              <tr>
                <th>Session</th>
                <th>Started</th>
                <th>Ended</th>
                <th>Status</th>
                <th className="n">Result</th>
                <th className="n">Trades</th>
                <th className="n">Bars</th>
                <th className="n">Drawdown</th>
              </tr>
            </thead>
            <tbody>
              {sessions.map((session) => (
                <tr key={session.id}>
                  <td>
                    <code>{session.id}</code>
                  </td>
                  <td>{moment(session.started_at, utc)}</td>
                  <td>{moment(session.stopped_at, utc)}</td>
                  <td>{session.status}</td>
                  <td className={`n ${tone(session.pnl)}`}>{money(session.pnl)}</td>
                  <td className="n">{session.total_trades}</td>
                  <td className="n">{session.total_bars}</td>
                  <td className="n">{percent(session.max_drawdown_pct)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </>
  );
}
