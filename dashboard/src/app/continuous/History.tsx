import { useState } from "react";
import { Confirm } from "../../components/Confirm";
import { type Column, DataTable } from "../../components/DataTable";
import { post } from "../../lib/api";
import { metric, outOfSample, wordsOf } from "../../lib/clean";
import { duration, moment, number, percent, tone } from "../../lib/format";
import { servedBy } from "../../lib/served";
import type { Cycle } from "../../lib/types";
import { useContinuous, useParts } from "../../stores/continuousStore";
import { useView } from "../../stores/viewStore";
import { Details } from "./Details";

const SIGN = { running: "◌", completed: "✓", failed: "✕", skipped: "↷", cancelled: "⊘" } as const;

export function Deployed({ cycle }: { cycle: Cycle }) {
  const { utc } = useView();
  const status = useContinuous((state) => state.status);
  const desired = status?.deployed?.model_version ?? null;
  const badge = (text: string, why: string | null | undefined, tone = "") => (
    <span className={`badge ${tone}`} title={why ?? undefined}>
      {text}
    </span>
  );
  if (cycle.live) {
    const by = servedBy(status, cycle.model_version);
    if (by === "trader") return badge("● live", "a trader serves it", "good");
    return by === "replay"
      ? badge("● in a replay", "a replay serves it; nothing of it is on an account")
      : badge("○ no trader runs", "one took it and has ended");
  }
  if (cycle.refusal) return badge("refused", cycle.refusal, "bad");
  if (cycle.deployed_at)
    return (
      <span
        className="badge"
        title={`served ${moment(cycle.deployed_at, utc)} to ${moment(cycle.undeployed_at, utc)}`}
      >
        until {moment(cycle.undeployed_at, utc).slice(5)}
      </span>
    );
  if (cycle.decision === "rejected") return badge("rejected", cycle.decision_reason ?? "by the gate", "warn");
  if (cycle.decision === "held") return badge("held", cycle.decision_reason ?? "not to be deployed");
  if (cycle.decision === "deployed")
    return desired === cycle.model_version
      ? badge("not confirmed", "desired, and no trader has confirmed it", "warn")
      : badge("never served", "another model took its place before a trader had confirmed it");
  return null;
}

/** Out of sample, or what it is instead. */
export function Clean({ cycle }: { cycle: Cycle }) {
  const result = outOfSample(cycle);
  if (result.mark === "none") return <>–</>;
  if (result.mark === "learned")
    return (
      <span className="badge bad" title={wordsOf(result)}>
        in-sample
      </span>
    );
  return (
    <span title={wordsOf(result)}>
      <span className={tone(result.value)}>{percent(result.value)}</span>
      {result.mark === "part" && (
        <span className="quiet">
          {" "}
          ◑ {result.bars}/{result.all} bars
        </span>
      )}
    </span>
  );
}

/** The versions a model came from, as far as the rows here tell. */
function ancestors(cycles: Cycle[], version: number | null): Set<number> {
  const found = new Set<number>();
  let at = version;
  while (at !== null && !found.has(at)) {
    found.add(at);
    const looked = at;
    at = cycles.find((cycle) => cycle.model_version === looked)?.parent_model_version ?? null;
  }
  return found;
}

interface Opening {
  open: number | null;
  setOpen(cycle: number | null): void;
}
interface Props extends Opening {
  cycles: Cycle[];
  columns: Column<Cycle>[];
}

const tookOf = ({ started_at, finished_at }: Cycle): number | null =>
  finished_at ? (Date.parse(finished_at) - Date.parse(started_at)) / 1000 : null;

/** Every column that the table of cycles can have. */
export function columnsOf(utc: boolean, { open, setOpen }: Opening): Column<Cycle>[] {
  const of = (head: string, name: string, text: (value: number | null) => string): Column<Cycle> => ({
    head,
    n: true,
    extra: true,
    cell: (cycle) => text(metric(cycle, name)),
  });
  return [
    {
      head: "Cycle",
      n: true,
      cell: ({ cycle_number }) => (
        <button
          type="button"
          className="plain"
          aria-expanded={open === cycle_number}
          aria-label={`Details of cycle ${cycle_number}`}
          onClick={() => setOpen(open === cycle_number ? null : cycle_number)}
        >
          {open === cycle_number ? "▾" : "▸"} {cycle_number}
        </button>
      ),
    },
    { head: "Start", className: "tabular", cell: (cycle) => moment(cycle.started_at, utc) },
    {
      head: "Window",
      className: "tabular",
      cell: ({ window_start, window_end }) =>
        window_start ? (
          <span title={`${moment(window_start, utc)} to ${moment(window_end, utc)}`}>
            to {moment(window_end, utc)}
          </span>
        ) : (
          "–"
        ),
    },
    {
      head: "Result",
      cell: (cycle) => (
        <span title={cycle.message ?? undefined}>
          {SIGN[cycle.status]} {cycle.status}
          {cycle.reason && `: ${cycle.reason}`}
        </span>
      ),
    },
    {
      head: "Out of sample",
      title: "On bars that nobody had learned from",
      n: true,
      cell: (cycle) => <Clean cycle={cycle} />,
    },
    {
      head: "Hold",
      title: "The same held-back bars, bought and held",
      n: true,
      cell: (cycle) => percent(metric(cycle, "hold_pct")),
    },
    of("In-sample", "pnl_pct", percent),
    of("Reward", "reward_mean", number),
    of("Sharpe", "sharpe", (value) => number(value, 2)),
    of("Trades a day", "trades_per_day", (value) => number(value, 1)),
    of("Fees", "fees", (value) => number(value, 2)),
    of("KL to parent", "kl_parent", (value) => number(value, 4)),
    of("Holes", "holes", (value) => number(value, 0)),
    {
      head: "Model",
      className: "tabular",
      cell: (cycle) =>
        cycle.model_version === null
          ? "–"
          : `v${cycle.model_version} ← v${cycle.parent_model_version ?? "?"}`,
    },
    { head: "Deployed", cell: (cycle) => <Deployed cycle={cycle} /> },
    { head: "Took", n: true, cell: (cycle) => duration(tookOf(cycle)) },
  ];
}

export function History({ cycles, columns, open }: Props) {
  const { refresh, connection, readOnly } = useParts("refresh", "connection", "readOnly");
  const [hovered, setHovered] = useState<number | null>(null);
  const [deploying, setDeploying] = useState<Cycle | null>(null);
  const marked = ancestors(cycles, hovered);
  if (cycles.length === 0) return <p className="quiet">No cycle has this result.</p>;
  const isMarked = ({ cycle_number, model_version }: Cycle) =>
    open === cycle_number || (model_version !== null && marked.has(model_version));
  return (
    <div className="card">
      <DataTable
        label="Table of cycles"
        rows={cycles}
        columns={columns}
        keyOf={(cycle) => cycle.cycle_number}
        rowProps={(cycle) => ({
          id: `cycle-${cycle.cycle_number}`,
          className: isMarked(cycle) ? "marked" : "",
          onMouseEnter: () => setHovered(cycle.model_version),
          onMouseLeave: () => setHovered(null),
        })}
        detail={(cycle) =>
          open === cycle.cycle_number && (
            <Details cycle={cycle}>
              {cycle.model_version !== null && !cycle.live && !readOnly && (
                <button
                  type="button"
                  disabled={connection.state !== "live"}
                  onClick={() => setDeploying(cycle)}
                >
                  Deploy v{cycle.model_version}
                </button>
              )}
            </Details>
          )
        }
      />
      {deploying && (
        <Confirm
          title={`Deploy v${deploying.model_version}`}
          verb="Deploy"
          command={`ctt models deploy v${deploying.model_version} --schedule ${deploying.schedule_id}`}
          act={async () => {
            await post(`models/${deploying.model_version}/deploy`, { schedule_id: deploying.schedule_id });
            await refresh();
          }}
          onClose={() => setDeploying(null)}
        >
          <p>
            The trader takes this policy between two bars. The open position stays; the new policy decides on
            it from the next bar.
          </p>
        </Confirm>
      )}
    </div>
  );
}
