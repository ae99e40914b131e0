import { useEffect, useState } from "react";
import { useLocation } from "wouter";
import { Columns } from "../../components/Columns";
import { Command } from "../../components/Command";
import { DataTable, firstOrder, type Order } from "../../components/DataTable";
import { useColumns } from "../../hooks/useColumns";
import { path, queryWith } from "../../lib/address";
import { useParts } from "../../stores/continuousStore";
import { useView } from "../../stores/viewStore";
import { columnsOf } from "./columns";
import { Running } from "./Running";
import { Train } from "./Train";
import { PAGE, useExperiments } from "./useExperiments";

const asked = (key: string) => new URLSearchParams(location.search).get(key) ?? "";
const COMPARED_MAX = 50; // as the server has it
const NEWEST: Order = { by: "started_at", ascending: false };

/** Trainings, searched and sorted by the server; what is asked for stands in the address. */
export default function ExperimentsPage() {
  const { turn, readOnly, connection } = useParts("turn", "readOnly", "connection");
  const { utc } = useView();
  const [, go] = useLocation();
  const [training, setTraining] = useState(false);
  const [search, setSearch] = useState(asked("search"));
  const [status, setStatus] = useState(asked("status"));
  const [order, setOrder] = useState<Order>(
    asked("sort") ? { by: asked("sort"), ascending: asked("order") === "asc" } : NEWEST,
  );
  const [offset, setOffset] = useState(0);
  const [chosen, setChosen] = useState<string[]>([]);
  const { page, error } = useExperiments({ search, status, order, offset }, turn);
  useEffect(() => {
    const by = order.by === NEWEST.by && !order.ascending ? null : order.by;
    const change = { search: search || null, status: status || null, sort: by };
    const query = queryWith({ ...change, order: by && order.ascending ? "asc" : null });
    history.replaceState(null, "", location.pathname + query);
  }, [search, status, order]);
  const first = <T,>(set: (value: T) => void) => {
    return (value: T) => {
      set(value);
      setOffset(0);
    };
  };
  const choose = (id: string) =>
    setChosen(chosen.includes(id) ? chosen.filter((other) => other !== id) : [...chosen, id]);
  const columns = columnsOf({ utc, chosen, choose, find: first(setSearch) });
  const choice = useColumns("experiments", columns);
  const rows = page?.rows ?? [];
  return (
    <>
      <div className="row">
        <h1>Experiments</h1>
        <span className="grow" />
        {!readOnly && (
          <button type="button" disabled={connection.state !== "live"} onClick={() => setTraining(true)}>
            Train
          </button>
        )}
        {training && <Train onClose={() => setTraining(false)} />}
      </div>
      <Running />
      <div className="row">
        <input
          type="search"
          aria-label="Search"
          placeholder="Name, pack, dataset or tag"
          value={search}
          onChange={(event) => first(setSearch)(event.target.value)}
        />
        <label className="inline">
          Status{" "}
          <select value={status} onChange={(event) => first(setStatus)(event.target.value)}>
            <option value="">all</option>
            {["running", "completed", "failed", "pruned"].map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label className="inline narrow">
          Sort by{" "}
          <select
            value={order.by}
            onChange={(event) => {
              const column = columns.find(({ sort }) => sort === event.target.value);
              if (column) first(setOrder)(firstOrder(column));
            }}
          >
            {columns.map(({ sort, head }) => sort && <option key={sort} value={sort} label={head} />)}
          </select>
        </label>
        <button
          type="button"
          className="narrow"
          aria-label={order.ascending ? "Ascending, turn round" : "Descending, turn round"}
          onClick={() => first(setOrder)({ ...order, ascending: !order.ascending })}
        >
          {order.ascending ? "↑" : "↓"}
        </button>
        <span className="grow" />
        {chosen.length > 0 && (
          <button type="button" className="plain" onClick={() => setChosen([])}>
            Choose none
          </button>
        )}
        <button
          type="button"
          disabled={chosen.length < 2 || chosen.length > COMPARED_MAX}
          title={
            chosen.length < 2
              ? "Choose two or more"
              : chosen.length > COMPARED_MAX
                ? `At most ${COMPARED_MAX} are compared`
                : undefined
          }
          onClick={() => go(path("/experiments/compare", { ids: chosen.join(",") }))}
        >
          Compare {chosen.length < 2 ? "" : chosen.length}
        </button>
        <Columns of={columns} chosen={choice} fixed={["Compare", "Name"]} />
      </div>
      {error && <p className="note bad">{error.message}</p>}
      {page?.total === 0 ? (
        <Nothing like={search || status} />
      ) : (
        <section className="card" aria-label="Experiments">
          <DataTable
            label="Table of experiments"
            rows={rows}
            columns={choice.shown}
            keyOf={(one) => one.id}
            order={order}
            onOrder={first(setOrder)}
            rowProps={(one) => ({ className: chosen.includes(one.id) ? "marked" : "" })}
          />
          {page && page.total > rows.length && (
            <div className="row end pages">
              <span className="quiet tabular">
                {offset + 1}–{offset + rows.length} of {page.total.toLocaleString("en-US")}
              </span>
              <button type="button" disabled={offset === 0} onClick={() => setOffset(offset - PAGE)}>
                Previous
              </button>
              <button
                type="button"
                disabled={offset + PAGE >= page.total}
                onClick={() => setOffset(offset + PAGE)}
              >
                Next
              </button>
            </div>
          )}
        </section>
      )}
    </>
  );
}

function Nothing({ like }: { like: string }) {
  if (like) return <p className="quiet">No experiment is like that.</p>;
  return (
    <section className="card empty">
      <p>No experiment yet.</p>
      <Command text="ctt train --dataset btc-1h --pack standard --name base" />
    </section>
  );
}
