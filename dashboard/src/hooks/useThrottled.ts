import { useEffect, useRef, useState } from "react";

/** The newest value, at most once in `pause` milliseconds. */
export function useThrottled<T>(value: T, pause: number): T {
  const [shown, setShown] = useState(value);
  const last = useRef(0);
  useEffect(() => {
    const wait = Math.max(0, last.current + pause - Date.now());
    const timer = setTimeout(() => {
      last.current = Date.now();
      setShown(value);
    }, wait);
    return () => clearTimeout(timer);
  }, [value, pause]);
  return shown;
}
