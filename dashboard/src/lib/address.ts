// Which schedule and which session are looked at: kept in the address, so that a link says it.

/** The query of this page's address, with `change` in it; null takes a key out. */
export function queryWith(change: Record<string, string | null>, search = location.search): string {
  const query = new URLSearchParams(search);
  for (const [key, value] of Object.entries(change)) {
    if (value === null) query.delete(key);
    else query.set(key, value);
  }
  const text = query.toString();
  return text ? `?${text}` : "";
}

export const askedSchedule = (): string | null => new URLSearchParams(location.search).get("schedule");

/** `live/equity?schedule_id=btc`, keys without a value left out. */
export function path(call: string, query: Record<string, string | number | null | undefined>): string {
  const parts = Object.entries(query)
    .filter(([, value]) => value !== null && value !== undefined && value !== "")
    .map(([key, value]) => `${key}=${encodeURIComponent(String(value))}`);
  return parts.length > 0 ? `${call}?${parts.join("&")}` : call;
}
