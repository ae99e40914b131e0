import { expect, it } from "vitest";
import { shownHeads } from "./useColumns";

const columns = [{ head: "Cycle" }, { head: "Result" }, { head: "Fees", extra: true }];

it("shows the usual columns until somebody chooses, and then those that are still there", () => {
  expect(shownHeads(columns, null)).toEqual(["Cycle", "Result"]);
  expect(shownHeads(columns, '["Fees","Cycle","Of yesterday"]')).toEqual(["Cycle", "Fees"]);
  expect(shownHeads(columns, "[]")).toEqual(["Cycle", "Result"]);
  expect(shownHeads(columns, "{nonsense")).toEqual(["Cycle", "Result"]);
});
