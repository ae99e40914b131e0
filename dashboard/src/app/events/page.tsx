import { useEffect, useState } from "react";
import { type Column, DataTable } from "../../components/DataTable";
import { path } from "../../lib/address";
import { get } from "../../lib/api";
import { moment } from "../../lib/format";
import type { Frame } from "../../lib/types";
import { useParts } from "../../stores/continuousStore";
import { useView } from "../../stores/viewStore";

interface Page {
  items: Frame[];
  next_before: number | null;
}

const TYPES = [
  "continuous_status_change",
  "continuous_cycle_start",
  "continuous_cycle_complete",
  "continuous_cycle_failed",
  "continuous_cycle_skipped",
  "continuous_model_deployed",
  "live_halt_change",
  "live_model_updated",
  "command_failed",
] as const;
const KNOWN = new Set(["type", "seq", "ts", "schedule_id", "metrics", "status", "live"]);

/** `cycle_number 17, reason timeout`: what an event says beside its type. */
export function wordsOf(event: Frame): string {
  return Object.entries(event)
    .filter(([key, value]) => !KNOWN.has(key) && value !== null && typeof value !== "object")
    .map(([key, value]) => {
      const text = String(value);
      return `${key.replaceAll("_", " ")} ${/^[0-9a-f]{64}$/.test(text) ? text.slice(0, 12) : text}`;
    })
    .join(", ");
}

/** The event log, newest first: what happened, and when. */
export default function EventsPage() {
  const { all, seq } = useParts("all", "seq");
  const { utc } = useView();
  const [type, setType] = useState("");
  const [schedule, setSchedule] = useState("");
  const [events, setEvents] = useState<Frame[]>([]);
  const [before, setBefore] = useState<number | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const ask = (from: number | null) =>
    get<Page>(path("events", { type, schedule_id: schedule, before: from, limit: 100 }));
  // biome-ignore lint/correctness/useExhaustiveDependencies: a newer seq says that there is more
  useEffect(() => {
    const timer = setTimeout(
      () =>
        ask(null).then((page) => {
          setEvents(page.items);
          setBefore(page.next_before);
          setError(null);
        }, setError),
      200,
    );
    return () => clearTimeout(timer);
  }, [type, schedule, seq]);
  const more = () =>
    ask(before).then((page) => {
      setEvents([...events, ...page.items]);
      setBefore(page.next_before);
    }, setError);
  const columns: Column<(typeof events)[number]>[] = [
    { head: "Time", className: "tabular", cell: (event) => moment(event.ts, utc) },
    { head: "Schedule", cell: (event) => (event.schedule_id as string | null) ?? "–" },
    { head: "What", cell: (event) => event.type.replace(/^continuous_/, "").replaceAll("_", " ") },
    { head: "Says", className: "says", cell: wordsOf },
  ];
  return (
    <>
      <div className="row">
        <h1>Events</h1>
        <span className="grow" />
        {all.length > 1 && (
          <label className="inline">
            Of{" "}
            <select value={schedule} onChange={(event) => setSchedule(event.target.value)}>
              <option value="">every schedule</option>
              {all.map((one) => (
                <option key={one.schedule_id} value={one.schedule_id ?? ""}>
                  {one.name}
                </option>
              ))}
            </select>
          </label>
        )}
        <label className="inline">
          Type{" "}
          <select value={type} onChange={(event) => setType(event.target.value)}>
            <option value="">all but progress</option>
            {TYPES.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      </div>
      {error && <p className="note bad">{error.message}</p>}
      {events.length === 0 ? (
        <p className="quiet">Nothing of this kind has happened yet.</p>
      ) : (
        <section className="card">
          <DataTable
            label="Table of events"
            rows={events}
            columns={columns}
            keyOf={(event) => event.seq ?? 0}
          />
        </section>
      )}
      {before !== null && (
        <button type="button" onClick={() => void more()}>
          Older events
        </button>
      )}
    </>
  );
}
