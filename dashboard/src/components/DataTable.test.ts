import { expect, it } from "vitest";
import { columnsOf } from "../app/experiments/columns";
import { firstOrder } from "./DataTable";

it("sorts numbers and times from the greatest down at first, words from A on", () => {
  const columns = columnsOf({ utc: true, chosen: [], choose: () => undefined, find: () => undefined });
  const ascending = columns.filter((one) => one.sort && firstOrder(one).ascending).map((one) => one.sort);
  expect(ascending).toEqual(["name", "status", "hp_pack_id", "dataset_id", "tags"]);
});
