import { expect, it } from "vitest";
import { patient } from "./patient";

it("a part that cannot be loaded at first is loaded when it can be", async () => {
  let tries = 0;
  const load = async () => {
    if (++tries < 3) throw new TypeError("Failed to fetch");
    return "chart";
  };
  expect(await patient(load, 1)).toBe("chart");
  expect(tries).toBe(3);
});
