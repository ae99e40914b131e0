import { expect, it } from "vitest";
import { savedConfig } from "./Edit";

it("saves the learning rate by its own name alone", () => {
  const before = { lr: 0.1, learning_rate: 0.1, model: { fcnet_hiddens: [64] } };
  expect(savedConfig(before, [["lr", "0.2"]])).toEqual({ lr: 0.2, model: { fcnet_hiddens: [64] } });
});
