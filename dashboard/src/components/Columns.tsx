import type { useColumns } from "../hooks/useColumns";
import type { Column } from "./DataTable";

interface Props<Row> {
  of: Column<Row>[];
  chosen: ReturnType<typeof useColumns<Row>>;
  /** Columns without which a row has no name. */
  fixed: string[];
}

/** Chooses the columns of a table. */
export function Columns<Row>({ of, chosen, fixed }: Props<Row>) {
  return (
    <details className="menu">
      <summary>Columns</summary>
      <div className="sheet" role="group" aria-label="Columns">
        {of
          .filter((column) => column.head && !fixed.includes(column.head))
          .map(({ head }) => (
            <label key={head} className="inline">
              <input
                type="checkbox"
                checked={chosen.heads.includes(head)}
                onChange={() => chosen.toggle(head)}
              />
              {head}
            </label>
          ))}
        <button type="button" className="small" onClick={chosen.reset}>
          As at first
        </button>
      </div>
    </details>
  );
}
