import { Link } from "wouter";
import { Command } from "../../components/Command";
import { Health } from "../../components/Health";
import { Trader } from "../../components/Trader";
import { moment, percent, tone } from "../../lib/format";
import { useContinuous } from "../../stores/continuousStore";
import { useView } from "../../stores/viewStore";
import { Countdown } from "../continuous/Countdown";
import { Deployed } from "../continuous/History";
import { Progress } from "../continuous/Progress";

/** Is it well? */
export function HomePage() {
  const { status, cycles, live, connection } = useContinuous();
  const { utc } = useView();
  if (!status) return <h1>Is it well?</h1>;
  if (!status.schedule_id)
    return (
      <>
        <h1>Nothing runs yet</h1>
        <section className="card empty">
          <p>A schedule keeps a policy current. Begin with the form, or look at the demo:</p>
          <p>
            <Link href="/continuous">Start a schedule</Link>
          </p>
          <Command text="ctt demo --serve" />
        </section>
      </>
    );
  const trading = live?.running && live.state === "active";
  const well = status.health === "ok" && status.status === "active" && (trading || !live?.session_id);
  const newest = cycles[0];
  return (
    <>
      <h1 className={well ? "good" : "warn"}>{well ? "All is well" : "Look here"}</h1>
      <section className="card" aria-label="Schedule">
        <Health status={status} />
        {!trading && live?.session_id && (
          <p>The trader {live.running ? `is ${live.state}: ${live.state_reason ?? ""}` : "does not run"}.</p>
        )}
        <Countdown status={status} />
        {newest && (
          <p className="tabular">
            Cycle {newest.cycle_number} {newest.status}
            {newest.reason && `: ${newest.reason}`} at {moment(newest.finished_at ?? newest.started_at, utc)},{" "}
            <span className={tone((newest.metrics as { oos_pnl_pct?: number } | null)?.oos_pnl_pct)}>
              {percent((newest.metrics as { oos_pnl_pct?: number } | null)?.oos_pnl_pct)}
            </span>{" "}
            out of sample <Deployed cycle={newest} />
          </p>
        )}
        <p>
          <Link href="/continuous">Cycles, controls and history</Link>
        </p>
      </section>
      <Progress status={status} stale={connection.state !== "live"} />
      <Trader />
    </>
  );
}
