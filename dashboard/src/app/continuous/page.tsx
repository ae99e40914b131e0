import { Facts } from "../../components/Facts";
import { Health } from "../../components/Health";
import { Trader } from "../../components/Trader";
import { moment } from "../../lib/format";
import { useContinuous } from "../../stores/continuousStore";
import { useView } from "../../stores/viewStore";
import { Controls } from "./Controls";
import { Countdown } from "./Countdown";
import { History } from "./History";
import { Progress } from "./Progress";
import { Setup } from "./Setup";
import { Trend } from "./Trend";

const SIGN = { active: "▶", paused: "‖", idle: "■" } as const;
const TONE = { active: "good", paused: "warn", idle: "" } as const;

export function ContinuousPage() {
  const { status, cycles, connection, loaded } = useContinuous();
  const { utc } = useView();
  if (!status) return <h1>Continuous</h1>;
  const stale = connection.state !== "live";
  if (!status.schedule_id)
    return (
      <>
        <h1>Continuous</h1>
        <Setup />
      </>
    );
  return (
    <>
      <div className="row">
        <h1>Continuous: {status.name}</h1>
        <span className={`badge ${TONE[status.status]}`}>
          {SIGN[status.status]} {status.status}
        </span>
        {status.frozen && <span className="badge warn">❄ frozen</span>}
        {status.skip_next && <span className="badge">next is skipped</span>}
      </div>
      <section className="card" aria-labelledby="status-title">
        <h2 id="status-title" className="unseen">
          Status
        </h2>
        <Health status={status} />
        <Countdown status={status} />
        <Facts
          of={[
            [
              "Serving",
              status.deployed
                ? `v${status.deployed.model_version} since ${moment(status.deployed.deployed_at, utc)}`
                : "nothing yet",
            ],
            [
              "Its hash, as served",
              status.deployed
                ? `${status.deployed.sha256.slice(0, 12)} ${status.deployed.served ? "✓" : "not confirmed"}`
                : "–",
            ],
            [
              "Every",
              status.config
                ? `${status.config.interval_hours} h, ${status.config.window_candles} bars, ${status.config.iterations_per_cycle} iterations`
                : "–",
            ],
            ["Rate", status.config ? `${status.config.fine_tune_lr_multiplier} of the pack's` : "–"],
            ["Gate", status.config?.gate ?? "–"],
            ["Newest cycle", moment(status.last_cycle_at, utc)],
          ]}
        />
        <Controls status={status} />
      </section>
      <Progress status={status} stale={stale} />
      {status.status === "idle" && <Setup />}
      <Trader />
      <Trend />
      {cycles.length > 0 ? (
        <History />
      ) : (
        loaded && (
          <section className="card empty">
            <h2>No cycle yet</h2>
            <p>The first one comes with the next slot, or now: press Run now.</p>
          </section>
        )
      )}
    </>
  );
}
