import { useState } from "react";
import { Confirm } from "../../components/Confirm";
import { Go } from "../../components/Go";
import { Table } from "../../components/Table";
import { useAnswer } from "../../hooks/useAnswer";
import { post } from "../../lib/api";
import { moment } from "../../lib/format";
import type { Model } from "../../lib/types";
import { useContinuous } from "../../stores/continuousStore";
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
  const { status, connection, refresh, readOnly } = useContinuous();
  const { data, error, again } = useAnswer<{ items: Model[] }>("models?limit=200", status?.deployed?.sha256);
  const { utc } = useView();
  const [asked, setAsked] = useState<Model | null>(null);
  const models = data?.items ?? [];
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
        <section className="card scroll" tabIndex={0} aria-label="Table of models">
          <Table>
            <thead>
              <tr>
                <th>Model</th>
                <th>From</th>
                <th>Published</th>
                <th>Origin</th>
                <th>Schedule, cycle</th>
                <th>Hash</th>
                <th className="n">Size</th>
                <th>Serving</th>
                <th>
                  <span className="unseen">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {models.map((model) => (
                <tr key={model.model_version}>
                  <td className="tabular">v{model.model_version}</td>
                  <td className="tabular">
                    {model.parent_model_version === null ? "–" : `← v${model.parent_model_version}`}{" "}
                    <span className="quiet">generation {depthOf(models, model.model_version)}</span>
                  </td>
                  <td>{moment(model.published_at, utc)}</td>
                  <td>
                    {model.experiment_id ? (
                      <Go to={`/experiments/${model.experiment_id}`}>{model.origin}</Go>
                    ) : (
                      model.origin
                    )}
                  </td>
                  <td>{model.schedule_id ? `${model.schedule_id}, ${model.cycle_number}` : "–"}</td>
                  <td>
                    <code title={model.sha256}>{model.sha256.slice(0, 12)}</code>
                  </td>
                  <td className="n">{(model.size_bytes / 1024).toFixed(0)} KiB</td>
                  <td>
                    {model.live.length > 0 ? (
                      <span className="badge good">
                        ● {model.live.map((live) => live.schedule_id).join(", ")}
                      </span>
                    ) : model.pruned_at ? (
                      <span className="quiet">pruned</span>
                    ) : (
                      ""
                    )}
                  </td>
                  <td>
                    {!readOnly && model.live.length === 0 && !model.pruned_at && status?.schedule_id && (
                      <button
                        type="button"
                        disabled={connection.state !== "live"}
                        onClick={() => setAsked(model)}
                      >
                        Deploy
                      </button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </Table>
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
