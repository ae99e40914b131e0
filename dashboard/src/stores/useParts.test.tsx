import { act } from "react";
import { createRoot } from "react-dom/client";
import { expect, it } from "vitest";
import type { LiveStatus } from "../lib/types";
import { useContinuous, useParts } from "./continuousStore";

it("draws a table anew when what it reads has changed, not with each bar that comes", () => {
  (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
  let drawn = 0;
  function Table() {
    const { turn } = useParts("turn", "status");
    drawn += 1;
    return <p>{turn}</p>;
  }
  const root = createRoot(document.createElement("div"));
  act(() => root.render(<Table />));
  const first = drawn;
  for (const equity of [1, 2, 3]) act(() => useContinuous.setState({ live: { equity } as LiveStatus }));
  expect(drawn).toBe(first);
  act(() => useContinuous.setState({ turn: 1 }));
  expect(drawn).toBe(first + 1);
  act(() => root.unmount());
});
