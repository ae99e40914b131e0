import { type ReactNode, useEffect, useRef } from "react";

/** A table that is a list of cards where the screen is narrow: each cell then says its column. */
export function Table({ className = "", children }: { className?: string; children: ReactNode }) {
  const table = useRef<HTMLTableElement>(null);
  useEffect(() => {
    const of = table.current;
    const heads = [...(of?.tHead?.rows[0]?.cells ?? [])].map((cell) => cell.textContent ?? "");
    for (const row of of?.tBodies[0]?.rows ?? []) {
      if (row.cells.length !== heads.length) continue;
      heads.forEach((head, i) => {
        const cell = row.cells[i];
        if (cell) cell.dataset.label = head;
      });
    }
  });
  return (
    <table ref={table} className={`cards ${className}`}>
      {children}
    </table>
  );
}
