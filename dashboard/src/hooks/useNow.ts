import { useEffect, useState } from "react";
import { useContinuous } from "../stores/continuousStore";

/** The server's clock, once a second, in epoch milliseconds. */
export function useNow(): number {
  const offset = useContinuous((state) => state.clockOffset);
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now + offset;
}
