import { Command } from "../../components/Command";
import { type Column, DataTable } from "../../components/DataTable";
import { Go } from "../../components/Go";
import { Health, Level } from "../../components/Health";
import { Trader } from "../../components/Trader";
import { useNow } from "../../hooks/useNow";
import { outOfSample } from "../../lib/clean";
import { duration, moment, money, percent, tone } from "../../lib/format";
import type { Status } from "../../lib/types";
import { isBad } from "../../lib/verdict";
import { useParts } from "../../stores/continuousStore";
import { useView } from "../../stores/viewStore";
import { Countdown } from "../continuous/Countdown";
import { Clean, Deployed } from "../continuous/History";
import { Progress } from "../continuous/Progress";

// The headline says what is known: nothing while the server is not heard.
function headline(all: Status[], status: Status, heard: boolean): [string, string] {
  if (!heard) return ["Not known: the server is not heard", "warn"];
  const bad = (all.length > 0 ? all : [status]).filter((one) => isBad(one.verdict));
  if (bad.some((one) => one.verdict?.level === "critical")) return ["Act now", "bad"];
  if (bad.length > 0) return ["Look here", "warn"];
  return ["All is well", "good"];
}

/** Is it well? */
export function HomePage() {
  const { status, all, cycles, connection } = useParts("status", "all", "cycles", "connection");
  const { utc } = useView();
  if (!status) return <h1>Not known yet</h1>;
  const heard = connection.state === "live";
  const [text, colour] = headline(all, status, heard);
  if (!status.schedule_id)
    return (
      <>
        <h1 className={isBad(status.verdict) ? colour : ""}>
          {isBad(status.verdict) ? text : "Nothing runs yet"}
        </h1>
        <Health status={status} />
        <section className="card empty">
          <p>A schedule keeps a policy current. Begin with the form, or look at the demo:</p>
          <p>
            <Go to="/continuous">Start a schedule</Go>
          </p>
          <Command text="ctt demo --serve" />
        </section>
      </>
    );
  const newest = cycles[0];
  return (
    <>
      <h1 className={colour}>{text}</h1>
      {all.length > 1 && <Schedules />}
      <section className="card" aria-label="Schedule">
        {all.length > 1 && <h2>{status.name}</h2>}
        <Health status={status} />
        <Countdown status={status} />
        {newest && (
          <p className="tabular">
            Cycle {newest.cycle_number} {newest.status}
            {newest.reason && `: ${newest.reason}`} at {moment(newest.finished_at ?? newest.started_at, utc)}
            {newest.status === "completed" && (
              <>
                , <Clean cycle={newest} />
                {outOfSample(newest).value !== null && " out of sample"}
              </>
            )}{" "}
            <Deployed cycle={newest} />
          </p>
        )}
        <p>
          <Go to="/continuous">Cycles, controls and history</Go>
        </p>
      </section>
      {status.running_cycle && <Progress status={status} stale={!heard} />}
      <Trader />
    </>
  );
}

/** Every schedule in one row: how it stands, what comes next, what it came to. */
function Schedules() {
  const { all, lives, newest, status, choose } = useParts("all", "lives", "newest", "status", "choose");
  const now = useNow();
  const idOf = (one: Status) => one.schedule_id ?? "";
  const live = (one: Status) => lives[idOf(one)];
  const columns: Column<Status>[] = [
    {
      head: "Schedule",
      cell: (one) => (
        <button
          type="button"
          className="plain"
          aria-pressed={idOf(one) === status?.schedule_id}
          onClick={() => choose(idOf(one))}
        >
          {one.name}
        </button>
      ),
    },
    { head: "State", cell: (one) => `${one.status}${one.frozen ? ", frozen" : ""}` },
    { head: "Verdict", cell: (one) => <Level status={one} /> },
    { head: "Next", className: "tabular", cell: (one) => nextOf(one, now) },
    {
      head: "Newest cycle",
      cell: (one) => {
        const cycle = newest[idOf(one)];
        if (!cycle) return "–";
        return (
          <>
            {cycle.cycle_number} {cycle.status}
            {cycle.status === "completed" && (
              <>
                , <Clean cycle={cycle} />
              </>
            )}
          </>
        );
      },
    },
    { head: "Model", cell: (one) => (one.deployed ? `v${one.deployed.model_version}` : "–") },
    {
      head: "Equity",
      n: true,
      cell: (one) => (live(one)?.session_id ? money(live(one)?.equity) : "–"),
    },
    {
      head: "Result",
      n: true,
      className: (one) => (live(one)?.replay ? "quiet" : tone(live(one)?.pnl_pct)),
      cell: (one) => (
        <>
          {live(one)?.session_id ? percent(live(one)?.pnl_pct) : "–"}
          {live(one)?.replay && <span className="quiet"> replay</span>}
        </>
      ),
    },
  ];
  return (
    <section className="card">
      <DataTable
        label="Schedules"
        rows={all}
        columns={columns}
        keyOf={idOf}
        rowProps={(one) => ({ className: idOf(one) === status?.schedule_id ? "marked" : "" })}
      />
    </section>
  );
}

function nextOf(status: Status, now: number): string {
  if (status.running_cycle) return "running";
  if (!status.next_cycle_at) return "–";
  const seconds = (Date.parse(status.next_cycle_at) - now) / 1000;
  return seconds > 0 ? `in ${duration(seconds)}` : "due";
}
