import { useState } from "react";
import { Confirm } from "../../components/Confirm";
import { post } from "../../lib/api";
import { useParts } from "../../stores/continuousStore";

const ARMS = ["never", "always", "gated", "scratch", "placebo"];

/** What a replay of the schedule is to compare; the equal command is below. */
export function StartReplay({ onStarted, onClose }: { onStarted: () => void; onClose: () => void }) {
  const { all, status } = useParts("all", "status");
  const [schedule, setSchedule] = useState(status?.schedule_id ?? all[0]?.schedule_id ?? "");
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const [seeds, setSeeds] = useState(3);
  const [arms, setArms] = useState(ARMS);
  const [seen, setSeen] = useState(false);
  const command = [
    `ctt replay --schedule ${schedule} --from ${from || "TIME"}`,
    to && `--to ${to}`,
    arms.length < ARMS.length && `--arms ${arms.join(",")}`,
    seeds !== 3 && `--seeds ${Number.isNaN(seeds) ? "N" : seeds}`,
    seen && "--allow-seen",
  ]
    .filter(Boolean)
    .join(" ");
  const act = async () => {
    await post("replays", {
      schedule_id: schedule,
      from,
      ...(to && { to }),
      arms: arms.join(","),
      seeds,
      ...(seen && { allow_seen: true }),
    });
    onStarted();
  };
  return (
    <Confirm
      title="Replay a schedule"
      verb="Start"
      command={command}
      ready={schedule !== "" && from !== "" && arms.length > 0 && !Number.isNaN(seeds)}
      act={act}
      onClose={onClose}
    >
      <p>
        The cycles of the schedule on history, beside controls. It keeps the cores busy until it is done and
        touches nothing of the schedule.
      </p>
      <div className="fields">
        <label className="field">
          <span>Schedule</span>
          <select value={schedule} onChange={(event) => setSchedule(event.target.value)}>
            {all.map((one) => (
              <option key={one.schedule_id} value={one.schedule_id ?? ""}>
                {one.name}
              </option>
            ))}
          </select>
        </label>
        <label className="field">
          <span>From (UTC)</span>
          <input type="date" value={from} onChange={(event) => setFrom(event.target.value)} />
        </label>
        <label className="field">
          <span>To (UTC), newest bar if empty</span>
          <input type="date" value={to} onChange={(event) => setTo(event.target.value)} />
        </label>
        <label className="field">
          <span>Seeds</span>
          <input
            type="number"
            min={1}
            max={100}
            value={Number.isNaN(seeds) ? "" : seeds}
            onChange={(event) => setSeeds(event.target.valueAsNumber)}
          />
        </label>
      </div>
      <fieldset className="row">
        <legend>Arms</legend>
        {ARMS.map((arm) => (
          <label key={arm} className="inline">
            <input
              type="checkbox"
              checked={arms.includes(arm)}
              onChange={() => setArms(ARMS.filter((other) => (other === arm) !== arms.includes(other)))}
            />{" "}
            {arm}
          </label>
        ))}
      </fieldset>
      <label className="inline">
        <input type="checkbox" checked={seen} onChange={() => setSeen(!seen)} /> also bars that the base has
        learned from; every number is marked then
      </label>
    </Confirm>
  );
}
