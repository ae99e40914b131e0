import { Go } from "../../components/Go";
import { useAnswer } from "../../hooks/useAnswer";
import type { Experiment } from "../../lib/types";

interface Detail {
  experiment: Experiment;
}

type Flat = Record<string, string>;

/** `{a: {b: 1}}` as `a.b`: what can be laid side by side. */
export function flatten(value: unknown, prefix = ""): Flat {
  if (value === null || typeof value !== "object")
    return {
      [prefix]:
        typeof value === "number" && !Number.isInteger(value)
          ? String(Number(value.toPrecision(6)))
          : String(value ?? "–"),
    };
  if (Array.isArray(value) && value.every((item) => typeof item !== "object"))
    return { [prefix]: value.join(", ") };
  return Object.assign(
    {},
    ...Object.entries(value).map(([key, inner]) => flatten(inner, prefix ? `${prefix}.${key}` : key)),
  );
}

interface Sides {
  title: string;
  names: [string, string];
  left: Flat;
  right: Flat;
}

function Differences({ title, names, left, right }: Sides) {
  const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])].filter(
    (key) => left[key] !== right[key],
  );
  return (
    <section className="card scroll" tabIndex={0} aria-label={title}>
      <h2>{title}</h2>
      {keys.length === 0 ? (
        <p className="quiet">No difference.</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th>Name</th>
              <th>{names[0]}</th>
              <th>{names[1]}</th>
            </tr>
          </thead>
          <tbody>
            {keys.map((key) => (
              <tr key={key}>
                <th scope="row">{key}</th>
                <td>{left[key] ?? "–"}</td>
                <td>{right[key] ?? "–"}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

export default function ComparePage({ a, b }: { a: string; b: string }) {
  const left = useAnswer<Detail>(`experiments/${encodeURIComponent(a)}`);
  const right = useAnswer<Detail>(`experiments/${encodeURIComponent(b)}`);
  const error = left.error ?? right.error;
  if (error) return <p className="note bad">{error.message}</p>;
  if (!left.data || !right.data) return <h1>Comparison</h1>;
  const [one, other] = [left.data.experiment, right.data.experiment];
  const names: [string, string] = [one.name || one.id, other.name || other.id];
  return (
    <>
      <h1>
        <Go to={`/experiments/${one.id}`}>{one.name || one.id}</Go> and{" "}
        <Go to={`/experiments/${other.id}`}>{other.name || other.id}</Go>
      </h1>
      <Differences
        title="Results"
        names={names}
        left={flatten(one.final_metrics)}
        right={flatten(other.final_metrics)}
      />
      <Differences title="Settings" names={names} left={flatten(one.config)} right={flatten(other.config)} />
    </>
  );
}
