import { useState } from "react";
import type { Column } from "../components/DataTable";

/** The heads that are shown, as kept: those chosen, or all that are not extra. Heads that are gone are forgotten. */
export function shownHeads(columns: { head: string; extra?: boolean }[], kept: string | null): string[] {
  const usual = columns.filter((column) => !column.extra).map((column) => column.head);
  try {
    const heads: unknown = JSON.parse(kept ?? "null");
    if (!Array.isArray(heads)) return usual;
    const known = columns.map((column) => column.head).filter((head) => heads.includes(head));
    return known.length > 0 ? known : usual;
  } catch {
    return usual;
  }
}

/** Which of a table's columns are shown: chosen here, kept in this browser under `name`. */
export function useColumns<Row>(name: string, columns: Column<Row>[]) {
  const key = `ctt.columns.${name}`;
  const [kept, setKept] = useState(() => localStorage.getItem(key));
  const heads = shownHeads(columns, kept);
  const keep = (text: string | null) => {
    if (text === null) localStorage.removeItem(key);
    else localStorage.setItem(key, text);
    setKept(text);
  };
  return {
    shown: columns.filter((column) => heads.includes(column.head)),
    heads,
    toggle: (head: string) =>
      keep(JSON.stringify(heads.includes(head) ? heads.filter((one) => one !== head) : [...heads, head])),
    reset: () => keep(null),
  };
}
