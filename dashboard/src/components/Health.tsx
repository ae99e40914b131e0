import { moment } from "../lib/format";
import type { Status } from "../lib/types";
import { FINE, nameOf, WORDS } from "../lib/verdict";
import { useContinuous } from "../stores/continuousStore";
import { useView } from "../stores/viewStore";
import { Command } from "./Command";

/** The level of a verdict as sign, word and colour; unknown while the server is not heard. */
export function Level({ status }: { status: Status }) {
  const heard = useContinuous((state) => state.connection.state === "live");
  const verdict = status.verdict ?? FINE;
  const { sign, word, tone } = WORDS[verdict.level];
  if (!heard) return <span className="badge warn">◐ not known</span>;
  return (
    <span className={`badge ${tone}`} title={verdict.reason ?? undefined}>
      {sign} {verdict.condition && verdict.level !== "notice" ? nameOf(verdict.condition) : word}
    </span>
  );
}

/** All that holds of a schedule, the worst first: what, since when, and the command that helps. */
export function Health({ status }: { status: Status }) {
  const { utc } = useView();
  const conditions = status.verdict?.conditions ?? [];
  if (conditions.length === 0) return null;
  return (
    <ul className="conditions" aria-label="What is to be known">
      {conditions.map((one) => (
        <li key={one.condition} className={one.level}>
          <span className={`badge ${one.level === "notice" ? "" : WORDS[one.level].tone}`}>
            {one.level === "notice" ? "·" : WORDS[one.level].sign} {nameOf(one.condition)}
          </span>
          <span>
            {one.reason}
            {one.since && <span className="quiet"> since {moment(one.since, utc)}</span>}
          </span>
          {one.command && <Command text={one.command} />}
        </li>
      ))}
    </ul>
  );
}
