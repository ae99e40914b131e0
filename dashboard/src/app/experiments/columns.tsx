import type { Column } from "../../components/DataTable";
import { Go } from "../../components/Go";
import { useNow } from "../../hooks/useNow";
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

const seconds = (from: string, to: number) => (to - Date.parse(from)) / 1000;

// One that runs has taken the time until now; the server sorts by the same.
function Took({ of: { started_at, completed_at } }: { of: Experiment }) {
  return completed_at ? duration(seconds(started_at, Date.parse(completed_at))) : <Since at={started_at} />;
}

function Since({ at }: { at: string }) {
  return duration(seconds(at, useNow()));
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
    {
      head: "Started",
      sort: "started_at",
      greatest: true,
      className: "tabular",
      cell: (one) => moment(one.started_at, utc),
    },
    { head: "Took", n: true, sort: "took", cell: (one) => <Took of={one} /> },
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
