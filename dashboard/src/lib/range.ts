// How much of a session a chart shows.
const DAYS = { "1D": 1, "1W": 7, "1M": 30, All: 0 } as const;
export type Range = keyof typeof DAYS;
export const RANGES = Object.keys(DAYS) as Range[];

/** Where a range begins that ends at `last`, epoch seconds; nothing for all there is. */
export const beginOf = (range: Range, last: number): number | null =>
  DAYS[range] === 0 || last === 0 ? null : last - DAYS[range] * 86_400;
