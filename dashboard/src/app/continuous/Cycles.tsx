import { useState } from "react";
import { Columns } from "../../components/Columns";
import { useColumns } from "../../hooks/useColumns";
import { useContinuous } from "../../stores/continuousStore";
import { useView } from "../../stores/viewStore";
import { csvOf } from "./csv";
import { columnsOf, History } from "./History";
import { Trend } from "./Trend";
import { cyclesOf, useCycles } from "./useCycles";

const RESULTS = ["completed", "failed", "skipped", "cancelled"] as const;
const SPANS = { 30: "last 30", 100: "last 100", 0: "all" } as const;

/** The cycles that are asked for: their results as a curve, and as a table. */
export function Cycles({ schedule }: { schedule: string }) {
  const newest = useContinuous((state) => state.cycles);
  const [result, setResult] = useState("");
  const [span, setSpan] = useState(30);
  const [open, setOpen] = useState<number | null>(null);
  const { utc } = useView();
  const columns = columnsOf(utc, { open, setOpen });
  const choice = useColumns("cycles", columns);
  const found = useCycles(schedule, { result, span });
  // What the newest frames say of a cycle is newer than the answer.
  const cycles = (found?.items ?? []).map(
    (cycle) => newest.find((one) => one.cycle_number === cycle.cycle_number) ?? cycle,
  );
  const download = async () => {
    const { items } = await cyclesOf(schedule, { result, span: 0 });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([csvOf(items)], { type: "text/csv" }));
    link.download = `${schedule}-cycles.csv`;
    link.click();
    URL.revokeObjectURL(link.href);
  };
  const pick = (number: number | null) => {
    setOpen(number);
    if (number !== null)
      setTimeout(() => document.getElementById(`cycle-${number}`)?.scrollIntoView({ block: "center" }));
  };
  if (!found) return null;
  if (found.total === 0 && result === "")
    return (
      <p className="quiet">
        <b>No cycle yet.</b> The first one comes with the next slot, or now: press Run now.
      </p>
    );
  return (
    <section aria-labelledby="cycles-title">
      <div className="row">
        <h2 id="cycles-title">Cycles</h2>
        <span className="quiet">
          {cycles.length} of {found.total}
        </span>
        <span className="grow" />
        <label className="inline">
          Result{" "}
          <select value={result} onChange={(event) => setResult(event.target.value)}>
            <option value="">all</option>
            {RESULTS.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label className="inline">
          Show{" "}
          <select value={span} onChange={(event) => setSpan(Number(event.target.value))}>
            {Object.entries(SPANS).map(([key, label]) => (
              <option key={key} value={key}>
                {label}
              </option>
            ))}
          </select>
        </label>
        <button type="button" onClick={() => void download()} title="All cycles with this result">
          CSV
        </button>
        <Columns of={columns} chosen={choice} fixed={["Cycle"]} />
      </div>
      <Trend cycles={cycles} open={open} pick={pick} />
      <History cycles={cycles} columns={choice.shown} open={open} setOpen={setOpen} />
    </section>
  );
}
