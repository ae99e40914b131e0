import { useEffect, useRef } from "react";
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
  const menu = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = (event: Event) => {
      const key = event instanceof KeyboardEvent;
      if (key ? event.key !== "Escape" : menu.current?.contains(event.target as Node)) return;
      if (!menu.current?.open) return;
      menu.current.open = false;
      if (key) menu.current.querySelector("summary")?.focus();
    };
    addEventListener("keydown", close);
    addEventListener("pointerdown", close);
    return () => {
      removeEventListener("keydown", close);
      removeEventListener("pointerdown", close);
    };
  }, []);
  return (
    <details className="menu" ref={menu}>
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
