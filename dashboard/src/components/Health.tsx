import type { Status } from "../lib/types";
import { Command } from "./Command";

const SIGN = { ok: "✓", late: "◔", stale: "◐", failing: "✕" } as const;
const TONE = { ok: "good", late: "warn", stale: "warn", failing: "bad" } as const;

export const fixOf = (status: Status): string | null => {
  if (status.status === "paused") return `ctt schedule resume --schedule ${status.schedule_id}`;
  if (status.health === "late") return "ctt schedule install --systemd --user";
  if (status.health === "failing") return `ctt schedule history --schedule ${status.schedule_id}`;
  if (status.health === "stale") return "ctt doctor";
  return null;
};

/** Health in a word, its reason, and the command that helps. */
export function Health({ status }: { status: Status }) {
  const fix = fixOf(status);
  return (
    <p className="health">
      <span className={`badge ${TONE[status.health]}`}>
        {SIGN[status.health]} {status.health === "ok" ? "well" : status.health}
      </span>
      {status.health_reason && <span>{status.health_reason}</span>}
      {fix && <Command text={fix} />}
    </p>
  );
}
