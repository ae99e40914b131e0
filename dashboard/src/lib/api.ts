// REST with the token that came behind `#k=`.

const KEY = "ctt.token";

/** An answer that was no success, with what to do about it. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly fix: string[],
    readonly errors: { path: string; message: string }[],
    readonly body: Record<string, unknown>,
  ) {
    super(detail);
  }
}

/** Takes the token out of the address, so that it does not stay in the history. */
export function takeToken(): void {
  const given = /(?:^#|&)k=([0-9a-f]+)/.exec(location.hash)?.[1];
  if (!given) return;
  sessionStorage.setItem(KEY, given);
  history.replaceState(null, "", location.pathname + location.search);
}

// Tabs of this origin share the token while one of them has it: a link opened in a new tab is let in too.
const tabs = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("ctt");
if (tabs)
  tabs.onmessage = ({ data }) => {
    if (data?.ask && token()) tabs.postMessage({ token: token() });
    else if (typeof data?.token === "string" && !token()) {
      sessionStorage.setItem(KEY, data.token);
      for (const take of heirs.splice(0)) take();
    }
  };
const heirs: (() => void)[] = [];

/** Waits a moment for another tab's token when this one has none. */
export async function inheritToken(patience = 120): Promise<void> {
  if (token() || !tabs) return;
  tabs.postMessage({ ask: true });
  await new Promise<void>((done) => {
    heirs.push(done);
    setTimeout(done, patience);
  });
}

export const token = (): string => sessionStorage.getItem(KEY) ?? "";

async function ask(method: string, path: string, body?: unknown): Promise<[string, Headers]> {
  const headers: Record<string, string> = {};
  if (token()) headers.Authorization = `Bearer ${token()}`;
  if (method !== "GET") {
    headers["Content-Type"] = "application/json";
    headers["Idempotency-Key"] = crypto.randomUUID();
  }
  const answer = await fetch(`/api/${path}`, {
    method,
    headers,
    body: method === "GET" ? undefined : JSON.stringify(body ?? {}),
  });
  const text = await answer.text();
  if (answer.ok) return [text, answer.headers];
  let problem: Record<string, unknown> = {};
  try {
    problem = JSON.parse(text);
  } catch {
    // Not ours: a proxy's page, say.
  }
  throw new Problem(
    answer.status,
    String(problem.code ?? "E_HTTP"),
    String(problem.detail ?? `the server answered ${answer.status}`),
    (problem.fix as string[]) ?? [],
    (problem.errors as { path: string; message: string }[]) ?? [],
    problem,
  );
}

async function json<T>(method: string, path: string, body?: unknown): Promise<T> {
  const [text] = await ask(method, path, body);
  return (text ? JSON.parse(text) : undefined) as T;
}

export const get = <T>(path: string): Promise<T> => json<T>("GET", path);
/** What is no JSON: a page. */
export const getText = async (path: string): Promise<string> => (await ask("GET", path))[0];
/** Rows of a list, and how many there are on all its pages. */
export async function getPage<T>(path: string): Promise<{ rows: T[]; total: number }> {
  const [text, headers] = await ask("GET", path);
  const rows: T[] = JSON.parse(text);
  return { rows, total: Number(headers.get("X-Total-Count") ?? rows.length) };
}
export const put = <T>(path: string, body: unknown): Promise<T> => json<T>("PUT", path, body);
export const remove = <T>(path: string): Promise<T> => json<T>("DELETE", path);
export const post = <T>(path: string, body?: unknown): Promise<T> => json<T>("POST", path, body);
