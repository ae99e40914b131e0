import { useEffect, useState } from "react";
import { ProblemNote } from "../../components/Confirm";
import { type Column, DataTable } from "../../components/DataTable";
import { Facts } from "../../components/Facts";
import { useAnswer } from "../../hooks/useAnswer";
import { getText, post } from "../../lib/api";
import { moment, number, percent, tone } from "../../lib/format";
import type { Replay } from "../../lib/types";
import { useContinuous } from "../../stores/continuousStore";
import { useView } from "../../stores/viewStore";
import { ReplayState, useWhileRunning } from "./page";

type Numbers = Record<string, number | null>;
interface Arm {
  arm: string;
  median: Numbers;
  lowest: Numbers;
  highest: Numbers;
}
interface Comparison {
  arm: string;
  against: string;
  mean_pct: number | null;
  low_pct: number | null;
  high_pct: number | null;
  verdict: string;
}
interface Point {
  point: number;
  vary: Record<string, string>;
  slots: number;
  arms: Arm[];
  comparisons: Comparison[];
}
type Detail = Replay & {
  result: { sentence: string; verdict: string; marks: string[]; points: Point[] } | null;
};

const ARMS: Column<Arm>[] = [
  { head: "Arm", names: true, cell: ({ arm }) => arm },
  {
    head: "Net return",
    n: true,
    className: ({ median }) => tone(median.net_return_pct),
    cell: ({ median }) => percent(median.net_return_pct, 1),
  },
  { head: "Lowest", n: true, cell: ({ lowest }) => percent(lowest.net_return_pct, 1) },
  { head: "Highest", n: true, cell: ({ highest }) => percent(highest.net_return_pct, 1) },
  { head: "Sharpe", n: true, cell: ({ median }) => number(median.sharpe, 2) },
  { head: "Max drawdown", n: true, cell: ({ median }) => `${number(median.max_drawdown_pct, 1)} %` },
  { head: "Trades a day", n: true, cell: ({ median }) => number(median.trades_a_day, 2) },
  { head: "Without costs", n: true, cell: ({ median }) => percent(median.cost_free_return_pct, 1) },
];

const COMPARISONS: Column<Comparison>[] = [
  { head: "Arm", names: true, cell: (one) => one.arm },
  { head: "Against", cell: (one) => one.against },
  { head: "Mean", n: true, cell: (one) => percent(one.mean_pct, 1) },
  { head: "Low", n: true, cell: (one) => percent(one.low_pct, 1) },
  { head: "High", n: true, cell: (one) => percent(one.high_pct, 1) },
  { head: "Verdict", cell: (one) => one.verdict },
];

function Arms({ of }: { of: Arm[] }) {
  return (
    <section className="card">
      <h2>Arms, median over seeds</h2>
      <DataTable label="Arms" rows={of} columns={ARMS} keyOf={({ arm }) => arm} />
    </section>
  );
}

function Comparisons({ of }: { of: Comparison[] }) {
  if (of.length === 0) return null;
  return (
    <section className="card">
      <h2>Differences a year, with 90 % intervals</h2>
      <DataTable
        label="Comparisons"
        rows={of}
        columns={COMPARISONS}
        keyOf={(one) => `${one.arm} ${one.against}`}
      />
    </section>
  );
}

/** The report as the replay wrote it: a page of its own without scripts, which loads nothing. */
function Report({ id }: { id: string }) {
  const [page, setPage] = useState<string | null>(null);
  const [error, setError] = useState<Error | null>(null);
  useEffect(() => {
    let late = false;
    getText(`replays/${encodeURIComponent(id)}/report`).then(
      (text) => !late && setPage(text),
      (problem: Error) => !late && setError(problem),
    );
    return () => {
      late = true;
    };
  }, [id]);
  if (error) return <ProblemNote problem={error} />;
  if (page === null) return <p className="quiet">Loading the report</p>;
  const file = `data:text/html;charset=utf-8,${encodeURIComponent(page)}`;
  return (
    <section className="card">
      <div className="row">
        <h2>Report</h2>
        <span className="grow" />
        <a href={file} download={`${id}.html`}>
          Save report.html
        </a>
      </div>
      <iframe className="report" title={`Report of ${id}`} sandbox="" srcDoc={page} />
    </section>
  );
}

export default function ReplayPage({ id }: { id: string }) {
  const { utc } = useView();
  const readOnly = useContinuous((state) => state.readOnly);
  const { data, error, again } = useAnswer<Detail>(`replays/${encodeURIComponent(id)}`);
  const [problem, setProblem] = useState<Error | null>(null);
  const running = data?.status === "running";
  const [asked, setAsked] = useState(false);
  useWhileRunning(running || asked, again);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was asked for has come when the state changes
  useEffect(() => setAsked(false), [data?.status]);
  if (error)
    return (
      <>
        <h1>{id}</h1>
        <ProblemNote problem={error} />
      </>
    );
  if (!data) return <h1>{id}</h1>;
  const tell = (what: "stop" | "resume") =>
    post(`replays/${encodeURIComponent(id)}/${what}`).then(() => {
      setAsked(true);
      setProblem(null);
    }, setProblem);
  return (
    <>
      <div className="row">
        <h1>Replay {id.replace("replay-", "")}</h1>
        <span className="grow" />
        {!readOnly && running && (
          <button type="button" onClick={() => tell("stop")}>
            Stop
          </button>
        )}
        {!readOnly && (data.status === "stopped" || data.status === "failed") && (
          <button type="button" onClick={() => tell("resume")}>
            Resume
          </button>
        )}
      </div>
      {problem && <ProblemNote problem={problem} />}
      <section className="card">
        {data.result && (
          <p>
            {data.result.marks.length > 0 && <span className="badge warn">in-sample</span>}{" "}
            <strong>{data.result.sentence}</strong>
          </p>
        )}
        {data.message && <p className="note bad">{data.message}</p>}
        <Facts
          of={[
            ["State", <ReplayState key="state" of={data} />],
            ["Of", data.schedule_id ?? data.dataset_id],
            ["Began", moment(data.created_at, utc)],
            ["Ended", moment(data.ended_at, utc)],
          ]}
        />
      </section>
      {data.result?.points.map((point) => (
        <div key={point.point}>
          {Object.keys(point.vary).length > 0 && (
            <h2>
              {Object.entries(point.vary)
                .map(([key, value]) => `${key} ${value}`)
                .join(", ")}
            </h2>
          )}
          <Arms of={point.arms} />
          <Comparisons of={point.comparisons} />
        </div>
      ))}
      {data.result && <Report id={id} />}
    </>
  );
}
