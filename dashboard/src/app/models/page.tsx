import { useState } from "react";
import { Confirm } from "../../components/Confirm";
import { type Column, DataTable } from "../../components/DataTable";
import { Go } from "../../components/Go";
import { useAnswer } from "../../hooks/useAnswer";
import { post } from "../../lib/api";
import { moment } from "../../lib/format";
import { servedBy } from "../../lib/served";
import type { Model } from "../../lib/types";
import { useContinuous, useParts } from "../../stores/continuousStore";
import { useView } from "../../stores/viewStore";

/** How deep a model lies under its base, as far as the list tells. */
export function depthOf(models: Model[], version: number): number {
  let depth = 0;
  let at: number | null = version;
  const seen = new Set<number>();
  while (at !== null && !seen.has(at)) {
    seen.add(at);
    const looked: number = at;
    at = models.find((model) => model.model_version === looked)?.parent_model_version ?? null;
    if (at !== null) ++depth;
  }
  return depth;
}

export default function ModelsPage() {
  const { status, connection, refresh, readOnly } = useParts("status", "connection", "refresh", "readOnly");
  const { data, error, again } = useAnswer<{ items: Model[] }>("models?limit=200", status?.deployed?.sha256);
  const { utc } = useView();
  const [asked, setAsked] = useState<Model | null>(null);
  const models = data?.items ?? [];
  const columns: Column<Model>[] = [
    { head: "Model", className: "tabular", cell: (model) => `v${model.model_version}` },
    {
      head: "From",
      className: "tabular",
      cell: (model) => (
        <>
          {model.parent_model_version === null ? "–" : `← v${model.parent_model_version}`}{" "}
          <span className="quiet">generation {depthOf(models, model.model_version)}</span>
        </>
      ),
    },
    { head: "Published", className: "tabular", cell: (model) => moment(model.published_at, utc) },
    {
      head: "Origin",
      cell: ({ experiment_id, origin }) =>
        experiment_id ? <Go to={`/experiments/${experiment_id}`}>{origin}</Go> : origin,
    },
    {
      head: "Schedule, cycle",
      cell: (model) => (model.schedule_id ? `${model.schedule_id}, ${model.cycle_number}` : "–"),
    },
    { head: "Hash", cell: ({ sha256 }) => <code title={sha256}>{sha256.slice(0, 12)}</code> },
    { head: "Size", n: true, cell: (model) => `${(model.size_bytes / 1024).toFixed(0)} KiB` },
    { head: "Serving", cell: (model) => <Serving model={model} /> },
    {
      head: "Do",
      cell: (model) =>
        !readOnly &&
        model.live.length === 0 &&
        status?.deployed?.model_version !== model.model_version &&
        !model.pruned_at &&
        status?.schedule_id && (
          <button type="button" disabled={connection.state !== "live"} onClick={() => setAsked(model)}>
            Deploy
          </button>
        ),
    },
  ];
  return (
    <>
      <h1>Models</h1>
      {error && <p className="note bad">{error.message}</p>}
      {data && models.length === 0 && (
        <section className="card empty">
          <p>
            Nothing is published yet: a schedule publishes its base policy when it starts, and each cycle one
            more.
          </p>
          <Go to="/continuous">Start a schedule</Go>
        </section>
      )}
      {models.length > 0 && (
        <section className="card">
          <DataTable
            label="Table of models"
            rows={models}
            columns={columns}
            keyOf={(model) => model.model_version}
          />
        </section>
      )}
      {asked && status?.schedule_id && (
        <Confirm
          title={`Deploy v${asked.model_version}`}
          verb="Deploy"
          command={`ctt models deploy v${asked.model_version} --schedule ${status.schedule_id}`}
          act={async () => {
            await post(`models/${asked.model_version}/deploy`, { schedule_id: status.schedule_id });
            await refresh();
            again();
          }}
          onClose={() => setAsked(null)}
        >
          <p>The trader of {status.schedule_id} takes it between two bars. The open position stays.</p>
        </Confirm>
      )}
    </>
  );
}

// Where it is what a schedule serves; a replay of that schedule is said as such.
function Serving({ model }: { model: Model }) {
  const all = useContinuous((state) => state.all);
  const desired = all.filter((one) => one.deployed?.model_version === model.model_version);
  const ids = new Set(
    [...model.live, ...desired].map(({ schedule_id }) => schedule_id).filter((id) => id !== null),
  );
  if (ids.size === 0) return model.pruned_at ? <span className="quiet">pruned</span> : null;
  return [...ids].map((schedule_id) => {
    const by = servedBy(
      all.find((one) => one.schedule_id === schedule_id),
      model.model_version,
    );
    return (
      <span key={schedule_id} className={`badge ${by === "trader" ? "good" : ""}`}>
        {by ? "●" : "○"} {schedule_id}
        {by === "replay" ? ", a replay" : by ? "" : ", no trader runs"}
      </span>
    );
  });
}
