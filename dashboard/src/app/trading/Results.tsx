import { Facts } from "../../components/Facts";
import { Table } from "../../components/Table";
import { duration, moment, money, number, percent, tone } from "../../lib/format";
import type { Results as Given, RoundTrip } from "../../lib/types";
import { useView } from "../../stores/viewStore";

interface Costs {
  fills: number;
  side_bp: number | null;
  trained_for: { commission: number; half_spread: number } | null;
}

function costsText(costs: Costs): string {
  const assumed = costs.trained_for
    ? `${number(1e4 * (costs.trained_for.commission + costs.trained_for.half_spread), 1)} bp assumed`
    : "";
  if (costs.fills === 0) return assumed ? `none measured, ${assumed}` : "–";
  return `${number(costs.side_bp, 1)} bp a side measured${assumed && `, ${assumed}`}`;
}

/** What trading came to: round trips, periods, models. */
export function Results({ results }: { results: Given }) {
  const won = results.win_rate;
  return (
    <section className="card" aria-labelledby="results-title">
      <h2 id="results-title">What was traded</h2>
      <Facts
        of={[
          ["Round trips", String(results.trips)],
          ["Win rate", won === null ? "–" : `${number(100 * won, 0)} %`],
          ["Commission paid", money(results.commission)],
          ["Slippage", money(results.slippage)],
          ["Costs", costsText(results.costs as unknown as Costs)],
        ]}
      />
      <div className="columns">
        <Periods title="Months" of={results.months} />
        <Periods title="Days" of={results.days.slice(-31)} />
        <Models of={results.models} />
      </div>
    </section>
  );
}

function Periods({ title, of }: { title: string; of: Given["days"] }) {
  if (of.length === 0) return null;
  return (
    <div className="scroll short" tabIndex={0} role="region" aria-label={title}>
      <table>
        <thead>
          <tr>
            <th>{title}</th>
            <th className="n">Result</th>
          </tr>
        </thead>
        <tbody>
          {[...of].reverse().map((one) => (
            <tr key={one.period}>
              <td className="tabular">{one.period}</td>
              <td className={`n ${tone(one.return_pct)}`}>{percent(one.return_pct)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Models({ of }: { of: Given["models"] }) {
  const { utc } = useView();
  if (of.length === 0) return null;
  return (
    <div className="scroll short" tabIndex={0} role="region" aria-label="Results by model">
      <Table>
        <thead>
          <tr>
            <th>Model</th>
            <th>From</th>
            <th className="n">Bars</th>
            <th className="n">Fills</th>
            <th className="n">Result</th>
            <th>Bars it knew</th>
          </tr>
        </thead>
        <tbody>
          {[...of].reverse().map((one) => (
            <tr key={one.model_version}>
              <td>v{one.model_version}</td>
              <td className="tabular">{moment(one.from, utc)}</td>
              <td className="n">{one.bars}</td>
              <td className="n">{one.fills}</td>
              <td className={`n ${one.in_sample_bars > 0 ? "quiet" : tone(one.return_pct)}`}>
                {percent(one.return_pct)}
              </td>
              <td>
                {one.in_sample_bars > 0 ? (
                  <span className="badge bad">in-sample: {one.in_sample_bars}</span>
                ) : (
                  "none"
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </Table>
    </div>
  );
}

/** One row for each way from cash to cash, the newest first; the one that is not over above them. */
export function Trips({ results }: { results: Given }) {
  const rows: RoundTrip[] = [...(results.open ? [results.open] : []), ...[...results.round_trips].reverse()];
  if (rows.length === 0) return <p className="quiet">Nothing has been bought yet.</p>;
  return (
    <section className="card" aria-labelledby="trips-title">
      <h2 id="trips-title">Round trips</h2>
      <div className="scroll tall" tabIndex={0} role="region" aria-label="Table of round trips">
        <Table>
          <thead>
            <tr>
              <th>Entry</th>
              <th>Exit</th>
              <th className="n">In</th>
              <th className="n">Out</th>
              <th className="n">Size</th>
              <th className="n">Profit</th>
              <th className="n">Profit %</th>
              <th className="n">Commission</th>
              <th className="n">Held</th>
              <th>Model</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((trip) => (
              <Trip key={trip.entry_at} trip={trip} />
            ))}
          </tbody>
        </Table>
      </div>
      {results.trips > results.round_trips.length && (
        <p className="quiet">
          The newest {results.round_trips.length} of {results.trips}.
        </p>
      )}
    </section>
  );
}

function Trip({ trip }: { trip: RoundTrip }) {
  const { utc } = useView();
  const swapped = trip.exit_model_version !== null && trip.exit_model_version !== trip.model_version;
  return (
    <tr>
      <td className="tabular">{moment(trip.entry_at, utc)}</td>
      <td className="tabular">
        {trip.exit_at ? moment(trip.exit_at, utc) : <span className="badge">open</span>}
      </td>
      <td className="n">{money(trip.entry_price)}</td>
      <td className="n">{money(trip.exit_price)}</td>
      <td className="n">{number(trip.quantity, 5)}</td>
      <td className={`n ${tone(trip.profit)}`}>{money(trip.profit)}</td>
      <td className={`n ${tone(trip.profit_pct)}`}>{percent(trip.profit_pct)}</td>
      <td className="n">{money(trip.commission)}</td>
      <td className="n">{duration(trip.duration_s)}</td>
      <td>
        v{trip.model_version}
        {swapped && ` to v${trip.exit_model_version}`}
      </td>
    </tr>
  );
}
