import { useState } from "react";
import { Confirm } from "../../components/Confirm";
import { path } from "../../lib/address";
import { post, remove } from "../../lib/api";
import type { Status } from "../../lib/types";
import { useParts } from "../../stores/continuousStore";
import { Edit } from "./Edit";

type Verb =
  | "pause"
  | "resume"
  | "stop"
  | "run-now"
  | "skip-next"
  | "freeze"
  | "unfreeze"
  | "rollback"
  | "delete";

const TEXT: Record<Verb, { title: string; verb: string; says: string; danger?: boolean }> = {
  pause: {
    title: "Pause the schedule",
    verb: "Pause",
    says: "Nothing becomes due until it is resumed. A running cycle ends by itself. The trader and its position are not touched.",
  },
  resume: {
    title: "Resume the schedule",
    verb: "Resume",
    says: "The next slot is the first one from now on; missed slots are not made up for.",
  },
  stop: {
    title: "Stop the schedule",
    verb: "Stop",
    says: "Nothing becomes due any more. A running cycle ends by itself. The trader keeps trading with the policy it serves.",
    danger: true,
  },
  "run-now": {
    title: "Run a cycle now",
    verb: "Run now",
    says: "One cycle starts at once, besides its slots. The gate decides as always whether its policy is deployed.",
  },
  "skip-next": {
    title: "Skip the next slot",
    verb: "Skip next",
    says: "The next slot is recorded as skipped, once. The one after it runs as planned.",
  },
  freeze: {
    title: "Freeze deployments",
    verb: "Freeze",
    says: "Cycles go on training and publishing; none of their policies is deployed.",
  },
  unfreeze: {
    title: "Let candidates deploy again",
    verb: "Unfreeze",
    says: "The next candidate that passes the gate is deployed. The policy in service stays until then.",
  },
  rollback: {
    title: "Roll back",
    verb: "Roll back",
    says: "It serves from the next bar on; the open position stays. Deployments are frozen until you unfreeze.",
    danger: true,
  },
  delete: {
    title: "Delete the schedule",
    verb: "Delete",
    says: "Its cycles, sessions and fills go with it. Its models and experiments stay.",
    danger: true,
  },
};

export function commandOf(verb: Verb, id: string, target: number | null = null): string {
  if (verb === "run-now") return `ctt cycle run --now --schedule ${id}`;
  if (verb === "rollback") return `ctt models rollback v${target} --schedule ${id}`;
  if (verb === "delete") return `ctt schedule delete ${id}`;
  return `ctt schedule ${verb} --schedule ${id}`;
}

export function Controls({ status }: { status: Status }) {
  const { connection, refresh, choose } = useParts("connection", "refresh", "choose");
  const [asked, setAsked] = useState<Verb | null>(null);
  const [editing, setEditing] = useState(false);
  const offline = connection.state !== "live";
  const why = offline ? "Not connected: what is shown may have changed" : undefined;
  const id = status.schedule_id ?? "";
  const target = status.rollback_model_version;
  const served = status.deployed?.model_version ?? null;
  const back = target !== null ? `Roll back to v${target}` : "Roll back";
  const act = async (verb: Verb) => {
    const body = { schedule_id: id };
    if (verb === "rollback") await post("models/rollback", { ...body, model_version: target });
    else if (verb === "delete") await remove(path(`continuous/schedules/${id}`, { confirm: id }));
    else await post(`continuous/${verb}`, body);
    if (verb === "delete") choose(null);
    else await refresh();
  };
  const button = (verb: Verb, off = false, reason?: string) => (
    <button
      type="button"
      disabled={offline || off}
      title={why ?? (off ? reason : undefined)}
      onClick={() => setAsked(verb)}
    >
      {verb === "rollback" ? back : TEXT[verb].verb}
    </button>
  );
  return (
    <div className="row" role="group" aria-label="Controls">
      {status.status === "active" ? button("pause") : button("resume")}
      {button("run-now", status.running_cycle !== null, "A cycle is running")}
      {status.frozen ? button("unfreeze") : button("freeze")}
      {button(
        "skip-next",
        status.status !== "active" || status.skip_next,
        "No slot is planned, or it is skipped already",
      )}
      <button type="button" disabled={offline} title={why} onClick={() => setEditing(true)}>
        Settings
      </button>
      {button("rollback", target === null, "No other model has served before")}
      {status.status === "idle" ? button("delete") : button("stop")}
      {editing && <Edit status={status} onClose={() => setEditing(false)} />}
      {asked && (
        <Confirm
          {...TEXT[asked]}
          {...(asked === "rollback" ? { title: back, verb: back } : {})}
          typed={asked === "delete" ? id : undefined}
          command={commandOf(asked, id, target)}
          act={() => act(asked)}
          onClose={() => setAsked(null)}
        >
          {asked === "rollback" && (
            <p>
              Now {served === null ? "nothing" : `v${served}`} serves; <b>v{target}</b>, which served before,
              takes its place.
            </p>
          )}
          <p>{TEXT[asked].says}</p>
          {status.running_cycle && (
            <p className="quiet">Cycle {status.running_cycle.cycle_number} is running now.</p>
          )}
        </Confirm>
      )}
    </div>
  );
}
