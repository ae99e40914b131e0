import { useCallback, useEffect, useState } from "react";
import { get } from "../lib/api";

/** A REST answer, asked for again when `path` or `version` changes; the old one stays until the new one is there. */
export function useAnswer<T>(path: string | null, version: unknown = 0) {
  const [data, setData] = useState<T | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const [turn, setTurn] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: version and turn say when to ask again
  useEffect(() => {
    if (path === null) return;
    let late = false;
    get<T>(path).then(
      (answer) => {
        if (late) return;
        setData(answer);
        setError(null);
      },
      (problem: Error) => !late && setError(problem),
    );
    return () => {
      late = true;
    };
  }, [path, version, turn]);
  const again = useCallback(() => setTurn((count) => count + 1), []);
  return { data: path === null ? null : data, error, again };
}
