import { useState } from "react";
import { ProblemNote } from "../../components/Confirm";
import { useAnswer } from "../../hooks/useAnswer";
import { post } from "../../lib/api";
import { valueText } from "../../lib/format";
import type { Pack } from "../../lib/types";
import { useContinuous } from "../../stores/continuousStore";
import { Edit, settingsOf } from "./Edit";

export default function PacksPage() {
  const { data, error, again } = useAnswer<Pack[]>("packs");
  const readOnly = useContinuous((state) => state.readOnly);
  const connected = useContinuous((state) => state.connection.state === "live");
  const [shown, setShown] = useState<string | null>(null);
  const [edited, setEdited] = useState<Pack | null>(null);
  const [problem, setProblem] = useState<Error | null>(null);
  const duplicate = (id: string) =>
    post(`packs/${encodeURIComponent(id)}/duplicate`).then(() => {
      setProblem(null);
      again();
    }, setProblem);
  return (
    <>
      <h1>Packs</h1>
      <p className="quiet">
        Hyper-parameters of the training. A pack in use keeps its settings; duplicate it and change the copy.
      </p>
      {error && <p className="note bad">{error.message}</p>}
      {problem && <ProblemNote problem={problem} />}
      {edited && <Edit pack={edited} onSaved={again} onClose={() => setEdited(null)} />}
      {data?.map((pack) => (
        <section className="card" key={pack.id} aria-label={pack.name}>
          <div className="row">
            <h2>{pack.name}</h2>
            <span className="quiet describes">{pack.description}</span>
            <button
              type="button"
              aria-expanded={shown === pack.id}
              onClick={() => setShown(shown === pack.id ? null : pack.id)}
            >
              Settings
            </button>
            {!readOnly && (
              <button type="button" disabled={!connected} onClick={() => setEdited(pack)}>
                Edit
              </button>
            )}
            {!readOnly && (
              <button type="button" disabled={!connected} onClick={() => void duplicate(pack.id)}>
                Duplicate
              </button>
            )}
          </div>
          {shown === pack.id && (
            <dl className="facts">
              {settingsOf(pack.config as Record<string, unknown>).map(([key, value]) => (
                <div key={key}>
                  <dt>{key}</dt>
                  <dd>{valueText(value)}</dd>
                </div>
              ))}
            </dl>
          )}
        </section>
      ))}
    </>
  );
}
