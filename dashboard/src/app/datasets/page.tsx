import { useState } from "react";
import { Command } from "../../components/Command";
import { Facts } from "../../components/Facts";
import { useAnswer } from "../../hooks/useAnswer";
import type { components } from "../../lib/contract";
import { moment, money, number } from "../../lib/format";
import type { Dataset } from "../../lib/types";
import { useParts } from "../../stores/continuousStore";
import { useView } from "../../stores/viewStore";
import { Create } from "./Create";

type Preview = components["schemas"]["Preview"];

function Look({ id }: { id: string }) {
  const { data, error } = useAnswer<Preview>(`datasets/${encodeURIComponent(id)}/preview`);
  const { utc } = useView();
  if (error) return <p className="note">{error.message}</p>;
  if (!data) return <p className="quiet">Reading</p>;
  if (data.rows === 0)
    return (
      <p className="row">
        No bar is stored yet. <Command text={`ctt datasets fetch ${id} --candles 5000`} />
      </p>
    );
  return (
    <>
      <Facts
        of={[
          ["Bars", data.rows],
          ["First", moment(data.date_range.start, utc)],
          ["Last", moment(data.date_range.end, utc)],
          ["Columns", data.columns.length],
        ]}
      />
      <div className="scroll" tabIndex={0} role="region" aria-label={`Features of ${id}`}>
        <table>
          <thead>
            <tr>
              <th>Feature</th>
              <th className="n">Mean</th>
              <th className="n">Deviation</th>
              <th className="n">Least</th>
              <th className="n">Most</th>
            </tr>
          </thead>
          <tbody>
            {Object.entries(data.feature_stats).map(([name, stats]) => (
              <tr key={name}>
                <td>{name}</td>
                <td className="n">{number(stats.mean)}</td>
                <td className="n">{number(stats.std)}</td>
                <td className="n">{number(stats.min)}</td>
                <td className="n">{number(stats.max)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <table>
          <thead>
            <tr>
              <th>Bar</th>
              <th className="n">Open</th>
              <th className="n">High</th>
              <th className="n">Low</th>
              <th className="n">Close</th>
              <th className="n">Volume</th>
            </tr>
          </thead>
          <tbody>
            {data.ohlcv_sample.slice(-8).map((bar) => (
              <tr key={bar.date}>
                <td>{moment(bar.date, utc)}</td>
                <td className="n">{money(bar.open)}</td>
                <td className="n">{money(bar.high)}</td>
                <td className="n">{money(bar.low)}</td>
                <td className="n">{money(bar.close)}</td>
                <td className="n">{number(bar.volume)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

export default function DatasetsPage() {
  const { data, error, again } = useAnswer<Dataset[]>("datasets");
  const { readOnly, connection } = useParts("readOnly", "connection");
  const [making, setMaking] = useState(false);
  const [shown, setShown] = useState<string | null>(null);
  return (
    <>
      <div className="row">
        <h1>Datasets</h1>
        <span className="grow" />
        {!readOnly && data && (
          <button type="button" disabled={connection.state !== "live"} onClick={() => setMaking(true)}>
            New dataset
          </button>
        )}
      </div>
      {making && data && <Create of={data} onMade={again} onClose={() => setMaking(false)} />}
      {error && <p className="note bad">{error.message}</p>}
      {data?.map((dataset) => {
        const source = dataset.source_config as Record<string, string>;
        return (
          <section className="card" key={dataset.id} aria-label={dataset.name}>
            <div className="row">
              <h2>{dataset.name}</h2>
              <span className="badge">{dataset.source_type}</span>
              <span className="quiet">
                {source.symbol} {source.timeframe}
              </span>
              <span className="grow" />
              <button
                type="button"
                aria-expanded={shown === dataset.id}
                onClick={() => setShown(shown === dataset.id ? null : dataset.id)}
              >
                Preview
              </button>
            </div>
            {dataset.description && <p>{dataset.description}</p>}
            {shown === dataset.id && <Look id={dataset.id} />}
          </section>
        );
      })}
    </>
  );
}
