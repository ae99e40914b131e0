import { useState } from "react";
import { Confirm } from "../../components/Confirm";
import { post } from "../../lib/api";
import type { Status } from "../../lib/types";
import { useContinuous } from "../../stores/continuousStore";

type Verb = "pause" | "resume" | "stop" | "run-now" | "freeze" | "unfreeze" | "rollback";

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
    says: "The policy that served before serves again, between two bars; the open position stays. Deployments are frozen until you unfreeze.",
    danger: true,
  },
};

export const commandOf = (verb: Verb, id: string): string =>
  verb === "run-now"
    ? `ctt cycle run --now --schedule ${id}`
    : verb === "rollback"
      ? `ctt models rollback --schedule ${id}`
      : `ctt schedule ${verb} --schedule ${id}`;

export function Controls({ status }: { status: Status }) {
  const { connection, refresh } = useContinuous();
  const [asked, setAsked] = useState<Verb | null>(null);
  const offline = connection.state !== "live";
  const why = offline ? "Not connected: what is shown may have changed" : undefined;
  const id = status.schedule_id ?? "";
  const act = async (verb: Verb) => {
    const body = { schedule_id: id };
    if (verb === "rollback") await post("models/rollback", body);
    else await post(`continuous/${verb}`, body);
    await refresh();
  };
  const button = (verb: Verb, off = false, reason?: string) => (
    <button
      type="button"
      disabled={offline || off}
      title={why ?? (off ? reason : undefined)}
      onClick={() => setAsked(verb)}
    >
      {TEXT[verb].verb}
    </button>
  );
  return (
    <div className="row" role="group" aria-label="Controls">
      {status.status === "paused"
        ? button("resume")
        : button("pause", status.status !== "active", "The schedule is not active")}
      {button("run-now", status.running_cycle !== null, "A cycle is running")}
      {status.frozen ? button("unfreeze") : button("freeze")}
      {button("rollback", !status.deployed, "Nothing is deployed")}
      {button("stop", status.status === "idle", "The schedule is stopped")}
      {asked && (
        <Confirm
          {...TEXT[asked]}
          command={commandOf(asked, id)}
          act={() => act(asked)}
          onClose={() => setAsked(null)}
        >
          <p>{TEXT[asked].says}</p>
          {status.running_cycle && (
            <p className="quiet">Cycle {status.running_cycle.cycle_number} is running now.</p>
          )}
        </Confirm>
      )}
    </div>
  );
}
