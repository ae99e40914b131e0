// Requests that nobody thought of, made from the server's own contract: every answer must be one that it describes, and
// none may be an internal error.
//   CTT_BIN=build/dev/bin/ctt node e2e/contract.mjs [--requests=600] [--seed=1]
import Ajv from "ajv/dist/2020.js";
import { check, finish, must, number, prepare, rest, run, schedule, serve, trade } from "./stage.mjs";

const requests = number("requests", 600);
let seed = number("seed", 1);

// mulberry32
function random() {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const below = (count) => Math.floor(random() * count);
const one_of = (list) => list[below(list.length)];

const KNOWN = ["demo", "base", "quick", "btc", "v1", "1", "@previous", "live-1", "2026-01-01T00:00:00Z"];
const ODD = [
  "",
  "0",
  "-1",
  "1e9",
  "9".repeat(30),
  "null",
  "ä",
  "%00",
  "a/b",
  "../x",
  "true",
  "' OR 1=1",
  "x".repeat(400),
];
const text = () => (random() < 0.5 ? one_of(KNOWN) : one_of(ODD));
function value(schema = {}) {
  const odd = random();
  if (odd < 0.15) return one_of([null, 0, -1, 1e308, true, [], {}, "", "x"]);
  if (schema.enum) return one_of(schema.enum);
  const type = Array.isArray(schema.type) ? one_of(schema.type) : schema.type;
  if (type === "integer") return one_of([0, 1, 2, 50, 1000, -1, 2 ** 53]);
  if (type === "number") return one_of([0, 0.2, 1, -1, 1e300]);
  if (type === "boolean") return random() < 0.5;
  if (type === "array") return Array.from({ length: below(3) }, () => value(schema.items));
  if (type === "object") return object(schema);
  return text();
}
function object(schema) {
  const keys = Object.keys(schema.properties ?? {}).filter(
    (key) => random() < (schema.required?.includes(key) ? 0.9 : 0.3),
  );
  const made = Object.fromEntries(keys.map((key) => [key, value(schema.properties[key])]));
  if (random() < 0.05) made.of_tomorrow = 1;
  return made;
}

prepare({ bars: 2000, learned: 1000, iterations: 1 });
schedule("btc", "--window", "400", "--iterations", "1");
run("cycle", "run", "--now", "--schedule", "btc");
await serve();
trade("btc", "--speed", "0");

const contract = await (await rest("openapi.json")).json();
const ajv = new Ajv({ strict: false, validateFormats: false });
ajv.addSchema(contract, "contract");
const resolved = (node) =>
  node?.$ref
    ? node.$ref
        .slice(2)
        .split("/")
        .reduce((at, key) => at[key], contract)
    : node;
const validators = new Map();
function valid(pointer, body) {
  if (!validators.has(pointer)) validators.set(pointer, ajv.compile({ $ref: `contract#${pointer}` }));
  const holds = validators.get(pointer);
  return holds(body) ? null : ajv.errorsText(holds.errors);
}
const escaped = (key) => encodeURIComponent(key.replaceAll("~", "~0").replaceAll("/", "~1"));

const operations = Object.entries(contract.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

async function ask({ path, method, operation }) {
  const parameters = (operation.parameters ?? []).map(resolved);
  let target = path.slice("/api/".length);
  const query = new URLSearchParams();
  const headers = {};
  for (const parameter of parameters) {
    if (parameter.in === "path")
      target = target.replace(`{${parameter.name}}`, encodeURIComponent(text() || "x"));
    else if (parameter.in === "query" && random() < 0.5)
      query.set(parameter.name, String(value(parameter.schema)));
    else if (parameter.in === "header" && random() < 0.2) headers[parameter.name] = `key-${below(20)}`;
  }
  const content = resolved(operation.requestBody)?.content?.["application/json"]?.schema;
  let body;
  if (content && random() < 0.95) {
    const odd = random();
    body = odd < 0.05 ? one_of(["{", "[]", "null", "x"]) : JSON.stringify(object(resolved(content)));
    headers["Content-Type"] = random() < 0.97 ? "application/json" : "text/plain";
  }
  const answer = await rest(query.size > 0 ? `${target}?${query}` : target, {
    method: method.toUpperCase(),
    headers,
    body,
  });
  const told = await answer.text();
  const where = `${method.toUpperCase()} ${target}?${query} ${body ?? ""}: ${answer.status} ${told.slice(0, 300)}`;
  must(answer.status < 500 || [501, 502, 503].includes(answer.status), where);
  const documented = operation.responses[answer.status] ? String(answer.status) : "default";
  must(
    documented !== "default" || [400, 401, 403, 404, 405, 409, 413, 503].includes(answer.status),
    `undocumented: ${where}`,
  );
  const described = operation.responses[documented];
  const base = described.$ref
    ? described.$ref.slice(1)
    : `/paths/${escaped(path)}/${method}/responses/${documented}`;
  const kind = Object.keys(resolved(described).content)[0];
  must(
    answer.headers.get("content-type")?.startsWith(kind),
    `${answer.headers.get("content-type")}: ${where}`,
  );
  const breach = valid(`${base}/content/${escaped(kind)}/schema`, JSON.parse(told));
  must(breach === null, `${breach}: ${where}`);
  return answer.status;
}

await check(`${requests} requests made from the contract are answered as it says`, async () => {
  const statuses = {};
  for (let i = 0; i < requests; ++i) {
    const status = await ask(i < operations.length ? operations[i] : one_of(operations));
    statuses[status] = (statuses[status] ?? 0) + 1;
  }
  console.log(`   ${operations.length} operations, answers: ${JSON.stringify(statuses)}`);
});
await check("every operation has an id of its own, and the document names its server", async () => {
  const ids = operations.map(({ operation }) => operation.operationId);
  must(ids.every(Boolean) && new Set(ids).size === ids.length, ids.join(" "));
  must(contract.servers.length > 0, "no servers");
});

await finish();
