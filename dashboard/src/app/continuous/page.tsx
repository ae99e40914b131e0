import { useState } from "react";
import { Facts } from "../../components/Facts";
import { Health, Level } from "../../components/Health";
import { Trader } from "../../components/Trader";
import { moment } from "../../lib/format";
import { servedWords } from "../../lib/served";
import { useParts } from "../../stores/continuousStore";
import { useView } from "../../stores/viewStore";
import { Controls } from "./Controls";
import { Countdown } from "./Countdown";
import { Cycles } from "./Cycles";
import { Progress } from "./Progress";
import { Setup } from "./Setup";

const SIGN = { active: "▶", paused: "‖", idle: "■" } as const;
const TONE = { active: "good", paused: "warn", idle: "" } as const;

export function ContinuousPage() {
  const { status, connection, readOnly } = useParts("status", "connection", "readOnly");
  const { utc } = useView();
  const [another, setAnother] = useState(false);
  if (!status) return <h1>Continuous</h1>;
  const stale = connection.state !== "live";
  if (!status.schedule_id)
    return (
      <>
        <h1>Continuous</h1>
        {readOnly ? <p className="quiet">There is no schedule yet, and this page only reads.</p> : <Setup />}
      </>
    );
  const served = status.deployed;
  return (
    <>
      <div className="row">
        <h1>Continuous: {status.name}</h1>
        <span className={`badge ${TONE[status.status]}`}>
          {SIGN[status.status]} {status.status}
        </span>
        <Level status={status} />
        {status.frozen && <span className="badge warn">❄ frozen</span>}
        {status.skip_next && <span className="badge">next is skipped</span>}
        <span className="grow" />
        {!readOnly && status.status !== "idle" && (
          <button type="button" aria-expanded={another} onClick={() => setAnother(!another)}>
            Another schedule
          </button>
        )}
      </div>
      {another && <Setup onStarted={() => setAnother(false)} />}
      <section className="card" aria-labelledby="status-title">
        <h2 id="status-title" className="unseen">
          Status
        </h2>
        <Health status={status} />
        <Countdown status={status} />
        <Facts
          of={[
            [served && !served.served_by ? "To be served" : "Serving", servedWords(status, utc)],
            ["Hash", served ? `${served.sha256.slice(0, 12)}${served.served_by ? " ✓ as served" : ""}` : "–"],
            [
              "Every",
              status.config
                ? `${status.config.interval_hours} h, ${status.config.window_candles} bars, ${status.config.iterations_per_cycle} iterations`
                : "–",
            ],
            ["Rate", status.config ? `${status.config.fine_tune_lr_multiplier} of its base's` : "–"],
            ["Gate", status.config?.gate ?? "–"],
            ["Newest cycle", moment(status.last_cycle_at, utc)],
          ]}
        />
        {!readOnly && <Controls key={status.schedule_id} status={status} />}
      </section>
      <Progress status={status} stale={stale} />
      {status.status === "idle" && !readOnly && <Setup />}
      <Trader />
      <Cycles schedule={status.schedule_id} />
    </>
  );
}
