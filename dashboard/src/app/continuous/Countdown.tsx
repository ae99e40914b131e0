import { Command } from "../../components/Command";
import { useNow } from "../../hooks/useNow";
import { clock, moment } from "../../lib/format";
import type { Status } from "../../lib/types";
import { useView } from "../../stores/viewStore";

const GRACE_S = 120;

/** To the next cycle, by the server's clock; then whether the timer does its work. */
export function Countdown({ status }: { status: Status }) {
  const now = useNow();
  const { utc } = useView();
  if (status.running_cycle)
    return <p className="big">Cycle {status.running_cycle.cycle_number} is at work</p>;
  if (status.status !== "active" || !status.next_cycle_at)
    return <p className="big quiet">No cycle is planned</p>;
  const left = (Date.parse(status.next_cycle_at) - now) / 1000;
  const planned = <span className="quiet">planned for {moment(status.next_cycle_at, utc)}</span>;
  if (left > 0)
    return (
      <p>
        Next cycle in <span className="big tabular">{clock(left)}</span> {planned}
      </p>
    );
  if (left > -GRACE_S)
    return (
      <p>
        <span className="big">Due, waiting for the timer</span> {planned}
      </p>
    );
  return (
    <p>
      <span className="big warn">Overdue, is the timer installed?</span> {planned}{" "}
      <Command text="ctt schedule install --systemd --user" />
    </p>
  );
}
