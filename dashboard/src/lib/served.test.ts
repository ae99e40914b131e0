import { expect, it } from "vitest";
import { servedBy, servedWords } from "./served";
import type { Status } from "./types";

const status = (served_by: string | null, more = {}) =>
  ({
    trader_running: false,
    replay_model_version: null,
    ...more,
    deployed: { model_version: 9, deployed_at: "2026-11-24T12:00:00Z", served_by },
  }) as unknown as Status;

it("says who serves a model, and never calls a replay a trader or nobody", () => {
  expect(servedWords(status("trader", { trader_running: true }), true)).toBe("v9 since 2026-11-24 12:00");
  expect(servedWords(status("replay", { replay_model_version: 9 }), true)).toBe("v9, served by a replay");
  expect(servedWords(status(null, { replay_model_version: 8 }), true)).toBe("v9; a replay still serves v8");
  expect(servedWords(status(null, { trader_running: true }), true)).toBe(
    "v9, its trader has not confirmed it yet",
  );
  expect(servedWords(status(null), true)).toBe("v9, no trader runs");
});

it("says who serves a model that is not the desired one: a trader only while one runs", () => {
  expect(servedBy(status("trader", { trader_running: true }), 9)).toBe("trader");
  expect(servedBy(status("replay", { replay_model_version: 9 }), 9)).toBe("replay");
  expect(servedBy(status(null, { trader_running: true }), 8)).toBe("trader");
  expect(servedBy(status(null, { replay_model_version: 8 }), 8)).toBe("replay");
  expect(servedBy(status(null), 8)).toBeNull();
  expect(servedBy(undefined, 8)).toBeNull();
});
