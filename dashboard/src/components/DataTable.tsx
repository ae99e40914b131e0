import { Fragment, type ReactNode } from "react";

/** One column of a table: its head, and what stands in it for a row. */
export interface Column<Row> {
  head: string;
  title?: string;
  /** Numbers stand to the right. */
  n?: boolean;
  /** How the server calls it to sort by it; a column without it is not sorted by. */
  sort?: string;
  /** Sorted by it, the greatest stand on top at first, as with numbers: times. */
  greatest?: boolean;
  /** It names its row. */
  names?: boolean;
  /** Out of sight until somebody chooses it. */
  extra?: boolean;
  className?: string | ((row: Row) => string);
  cell(row: Row): ReactNode;
}

export interface Order {
  by: string;
  ascending: boolean;
}

/** What the first click on a column sorts by: numbers and times from the greatest down, words from A on. */
export const firstOrder = <Row,>({ sort = "", n, greatest }: Column<Row>): Order => ({
  by: sort,
  ascending: !n && !greatest,
});

interface Props<Row> {
  label: string;
  rows: Row[];
  columns: Column<Row>[];
  keyOf(row: Row): string | number;
  rowProps?(row: Row): React.HTMLAttributes<HTMLTableRowElement>;
  /** What stands under a row, across all columns; null for most. */
  detail?(row: Row): ReactNode;
  order?: Order;
  onOrder?(order: Order): void;
  /** `short` or `tall`: it scrolls inside that height, its head staying. */
  height?: "short" | "tall";
}

const classOf = <Row,>({ n, className }: Column<Row>, row: Row) =>
  [n ? "n" : "", typeof className === "function" ? className(row) : (className ?? "")].join(" ").trim() ||
  undefined;

const ALWAYS_FITS = 3;

/** A table that scrolls sideways where it must; one of many columns is a list of cards where the screen is narrow. */
export function DataTable<Row>(props: Props<Row>) {
  const { label, rows, columns, keyOf, rowProps, detail, order, onOrder, height } = props;
  return (
    <div className={`scroll ${height ?? ""}`} tabIndex={0} role="region" aria-label={label}>
      <table className={columns.length > ALWAYS_FITS ? "cards" : undefined}>
        <thead>
          <tr>
            {columns.map((column) => (
              <Head key={column.head} column={column} order={order} onOrder={onOrder} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const under = detail?.(row);
            return (
              <Fragment key={keyOf(row)}>
                <tr {...rowProps?.(row)}>
                  {columns.map((column) => {
                    const props = {
                      className: classOf(column, row),
                      "data-label": column.head || undefined,
                    };
                    return column.names ? (
                      <th key={column.head} scope="row" {...props}>
                        {column.cell(row)}
                      </th>
                    ) : (
                      <td key={column.head} {...props}>
                        {column.cell(row)}
                      </td>
                    );
                  })}
                </tr>
                {under && (
                  <tr className="detail">
                    <td colSpan={columns.length}>{under}</td>
                  </tr>
                )}
              </Fragment>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

interface HeadProps<Row> {
  column: Column<Row>;
  order: Order | undefined;
  onOrder: ((order: Order) => void) | undefined;
}

function Head<Row>({ column, order, onOrder }: HeadProps<Row>) {
  const { head, title, n, sort } = column;
  if (!sort || !onOrder)
    return (
      <th className={n ? "n" : undefined} title={title}>
        {head}
      </th>
    );
  const here = order?.by === sort;
  const sign = here ? (order.ascending ? " ↑" : " ↓") : "";
  return (
    <th
      className={n ? "n" : undefined}
      title={title}
      aria-sort={here ? (order.ascending ? "ascending" : "descending") : "none"}
    >
      <button
        type="button"
        className="plain head"
        onClick={() => onOrder(here ? { by: sort, ascending: !order.ascending } : firstOrder(column))}
      >
        {head}
        {sign}
      </button>
    </th>
  );
}
