import { useState } from "react";
import { useLocation } from "wouter";
import { Command } from "../../components/Command";
import { Go } from "../../components/Go";
import { Table } from "../../components/Table";
import { useAnswer } from "../../hooks/useAnswer";
import { moment, money, percent, tone } from "../../lib/format";
import type { Experiment } from "../../lib/types";
import { useContinuous } from "../../stores/continuousStore";
import { useView } from "../../stores/viewStore";
import { Running } from "./Running";
import { Train } from "./Train";

export default function ExperimentsPage() {
  const [status, setStatus] = useState("");
  const { turn, readOnly, connection } = useContinuous();
  const [training, setTraining] = useState(false);
  const { data, error } = useAnswer<Experiment[]>(
    `experiments?limit=200${status && `&status=${status}`}`,
    turn,
  );
  const { utc } = useView();
  const [chosen, setChosen] = useState<string[]>([]);
  const [, go] = useLocation();
  const choose = (id: string) =>
    setChosen(chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen.slice(-1), id]);
  return (
    <>
      <div className="row">
        <h1>Experiments</h1>
        <span className="grow" />
        <label className="inline">
          Status{" "}
          <select value={status} onChange={(event) => setStatus(event.target.value)}>
            <option value="">all</option>
            {["running", "completed", "failed", "pruned"].map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <button
          type="button"
          disabled={chosen.length !== 2}
          title={chosen.length !== 2 ? "Choose two" : undefined}
          onClick={() => go(`/experiments/compare/${chosen[0]}/${chosen[1]}`)}
        >
          Compare two
        </button>
        {!readOnly && (
          <button type="button" disabled={connection.state !== "live"} onClick={() => setTraining(true)}>
            Train
          </button>
        )}
        {training && <Train onClose={() => setTraining(false)} />}
      </div>
      <Running />
      {error && <p className="note bad">{error.message}</p>}
      {data?.length === 0 ? (
        <section className="card empty">
          <p>No experiment{status && ` is ${status}`}.</p>
          <Command text="ctt train --dataset btc-1h --pack standard --name base" />
        </section>
      ) : (
        <section className="card scroll" tabIndex={0} aria-label="Table of experiments">
          <Table>
            <thead>
              <tr>
                <th>
                  <span className="unseen">Compare</span>
                </th>
                <th>Name</th>
                <th>Status</th>
                <th>Started</th>
                <th>Pack</th>
                <th>Dataset</th>
                <th className="n">In-sample result</th>
                <th className="n">Net worth</th>
              </tr>
            </thead>
            <tbody>
              {data?.map((one) => {
                const metrics = one.final_metrics as Record<string, number | null> | null;
                const config = one.config as Record<string, string | null> | null;
                return (
                  <tr key={one.id}>
                    <td>
                      <input
                        type="checkbox"
                        aria-label={`Compare ${one.name}`}
                        checked={chosen.includes(one.id)}
                        onChange={() => choose(one.id)}
                      />
                    </td>
                    <td>
                      <Go to={`/experiments/${one.id}`}>{one.name || one.id}</Go>
                    </td>
                    <td>{one.status}</td>
                    <td>{moment(one.started_at, utc)}</td>
                    <td>{config?.hp_pack_id ?? "–"}</td>
                    <td>{config?.dataset_id ?? "–"}</td>
                    <td className={`n ${tone(metrics?.pnl_pct)}`}>{percent(metrics?.pnl_pct)}</td>
                    <td className="n">{money(metrics?.net_worth)}</td>
                  </tr>
                );
              })}
            </tbody>
          </Table>
        </section>
      )}
    </>
  );
}
