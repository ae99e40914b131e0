// Lints the contract of the server: any error ends with 1, warnings are told.
//   npm run lint
import { createConfig, formatProblems, getTotals, lint } from "@redocly/openapi-core";

const file = new URL("../../lib/serve/openapi.json", import.meta.url).pathname;
const config = await createConfig({
  extends: ["recommended"],
  rules: {
    "info-license": "off", // the server is not published under terms of its own
    "operation-4xx-response": "off", // a list without parameters can only be refused by `default`
  },
});
const problems = await lint({ ref: file, config });
const totals = getTotals(problems);
formatProblems(problems, { format: "codeframe", totals, version: "", maxProblems: 50 });
console.log(`${file}: ${totals.errors} errors, ${totals.warnings} warnings`);
process.exit(totals.errors > 0 ? 1 : 0);
