import type { Column } from "../../components/DataTable";
import { Go } from "../../components/Go";
import { duration, moment, money, number, percent, tone } from "../../lib/format";
import type { Experiment } from "../../lib/types";

interface Context {
  utc: boolean;
  chosen: string[];
  choose(id: string): void;
  find(words: string): void;
}

type Numbers = Record<string, number | null> | null;
const metric = (one: Experiment, name: string) => (one.final_metrics as Numbers)?.[name];

function took(one: Experiment): number | null {
  if (!one.completed_at) return null;
  return (Date.parse(one.completed_at) - Date.parse(one.started_at)) / 1000;
}

/** A number of the end, in-sample like all of them. */
function result(
  head: string,
  name: string,
  shown: (value: number | null | undefined) => string,
  extra = true,
) {
  return {
    head,
    n: true,
    sort: name,
    extra,
    cell: (one: Experiment) => shown(metric(one, name)),
  };
}

export function columnsOf({ utc, chosen, choose, find }: Context): Column<Experiment>[] {
  return [
    {
      head: "Compare",
      className: "choice",
      cell: (one) => (
        <input
          type="checkbox"
          aria-label={`Compare ${one.name}`}
          checked={chosen.includes(one.id)}
          onChange={() => choose(one.id)}
        />
      ),
    },
    {
      head: "Name",
      sort: "name",
      cell: (one) => <Go to={`/experiments/${one.id}`}>{one.name || one.id}</Go>,
    },
    { head: "Status", sort: "status", cell: (one) => one.status },
    { head: "Started", sort: "started_at", className: "tabular", cell: (one) => moment(one.started_at, utc) },
    { head: "Took", n: true, sort: "took", cell: (one) => duration(took(one)) },
    { head: "Pack", sort: "hp_pack_id", cell: (one) => one.hp_pack_id ?? "–" },
    { head: "Dataset", sort: "dataset_id", cell: (one) => one.dataset_id ?? "–" },
    {
      head: "Tags",
      sort: "tags",
      cell: (one) =>
        one.tags.length === 0 ? (
          "–"
        ) : (
          <span className="tags">
            {one.tags.map((tag) => (
              <button type="button" key={tag} className="tag" title={`Find ${tag}`} onClick={() => find(tag)}>
                {tag}
              </button>
            ))}
          </span>
        ),
    },
    {
      ...result("In-sample result", "pnl_pct", percent, false),
      className: (one) => tone(metric(one, "pnl_pct")),
    },
    result("Net worth", "net_worth", money),
    result("Reward", "episode_return_mean", number, false),
    result("Trades", "trade_count", (value) => number(value, 1)),
    result("Entropy", "entropy", number),
    result("KL", "kl", (value) => number(value, 4)),
    {
      head: "Iterations",
      n: true,
      sort: "total_iterations",
      extra: true,
      cell: (one) => one.total_iterations,
    },
    {
      head: "Model",
      extra: true,
      cell: (one) => (one.model_version === null ? "–" : `v${one.model_version}`),
    },
  ];
}
