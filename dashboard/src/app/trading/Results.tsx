import { type Column, DataTable } from "../../components/DataTable";
import { Facts } from "../../components/Facts";
import { InSample } from "../../components/Trader";
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
  const known = results.in_sample_bars > 0;
  return (
    <section className="card" aria-labelledby="results-title">
      <div className="row">
        <h2 id="results-title">What was traded</h2>
        <InSample results={results} />
      </div>
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
        <Periods title="Months" of={results.months} known={known} />
        <Periods title="Days" of={results.days.slice(-31)} known={known} />
        <Models of={results.models} />
      </div>
    </section>
  );
}

type Period = Given["days"][number];
type OfModel = Given["models"][number];

// `known`: of bars that a model had learned from, which are no results to be glad of.
function Periods({ title, of, known }: { title: string; of: Period[]; known: boolean }) {
  if (of.length === 0) return null;
  const columns: Column<Period>[] = [
    { head: title, className: "tabular", cell: (one) => one.period },
    {
      head: "Result",
      n: true,
      className: (one) => (known ? "quiet" : tone(one.return_pct)),
      cell: (one) => percent(one.return_pct),
    },
  ];
  return (
    <DataTable
      label={title}
      rows={[...of].reverse()}
      columns={columns}
      keyOf={(one) => one.period}
      height="short"
    />
  );
}

function Models({ of }: { of: OfModel[] }) {
  const { utc } = useView();
  if (of.length === 0) return null;
  const columns: Column<OfModel>[] = [
    { head: "Model", cell: (one) => `v${one.model_version}` },
    { head: "From", className: "tabular", cell: (one) => moment(one.from, utc) },
    { head: "Bars", n: true, cell: (one) => one.bars },
    { head: "Fills", n: true, cell: (one) => one.fills },
    {
      head: "Result",
      n: true,
      className: (one) => (one.in_sample_bars > 0 ? "quiet" : tone(one.return_pct)),
      cell: (one) => percent(one.return_pct),
    },
    {
      head: "Bars it knew",
      cell: (one) =>
        one.in_sample_bars > 0 ? <span className="badge bad">in-sample: {one.in_sample_bars}</span> : "none",
    },
  ];
  return (
    <DataTable
      label="Results by model"
      rows={[...of].reverse()}
      columns={columns}
      keyOf={(one) => one.model_version}
      height="short"
    />
  );
}

/** One row for each way from cash to cash, the newest first; the one that is not over above them. */
export function Trips({ results }: { results: Given }) {
  const { utc } = useView();
  const rows: RoundTrip[] = [...(results.open ? [results.open] : []), ...[...results.round_trips].reverse()];
  if (rows.length === 0) return <p className="quiet">Nothing has been bought yet.</p>;
  return (
    <section className="card" aria-labelledby="trips-title">
      <div className="row">
        <h2 id="trips-title">Round trips</h2>
        <InSample results={results} />
      </div>
      <DataTable
        label="Table of round trips"
        rows={rows}
        columns={tripColumns(utc)}
        keyOf={(trip) => trip.entry_at}
        height="tall"
      />
      {results.trips > results.round_trips.length && (
        <p className="quiet">
          The newest {results.round_trips.length} of {results.trips}.
        </p>
      )}
    </section>
  );
}

function tripColumns(utc: boolean): Column<RoundTrip>[] {
  return [
    { head: "Entry", className: "tabular", cell: (trip) => moment(trip.entry_at, utc) },
    {
      head: "Exit",
      className: "tabular",
      cell: (trip) => (trip.exit_at ? moment(trip.exit_at, utc) : <span className="badge">open</span>),
    },
    { head: "In", n: true, cell: (trip) => money(trip.entry_price) },
    { head: "Out", n: true, cell: (trip) => money(trip.exit_price) },
    { head: "Size", n: true, cell: (trip) => number(trip.quantity, 5) },
    { head: "Profit", n: true, className: (trip) => tone(trip.profit), cell: (trip) => money(trip.profit) },
    {
      head: "Profit %",
      n: true,
      className: (trip) => tone(trip.profit_pct),
      cell: (trip) => percent(trip.profit_pct),
    },
    { head: "Commission", n: true, cell: (trip) => money(trip.commission) },
    { head: "Held", n: true, cell: (trip) => duration(trip.duration_s) },
    { head: "Model", cell: modelOf },
  ];
}

function modelOf({ model_version, exit_model_version }: RoundTrip): string {
  const swapped = exit_model_version !== null && exit_model_version !== model_version;
  return `v${model_version}${swapped ? ` to v${exit_model_version}` : ""}`;
}
