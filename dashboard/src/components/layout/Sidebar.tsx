import { useEffect, useRef } from "react";
import { useLocation } from "wouter";
import { Go } from "../Go";

export const PAGES = [
  ["/", "⌂", "Home"],
  ["/experiments", "◇", "Experiments"],
  ["/models", "⬡", "Models"],
  ["/trading", "▤", "Paper Trading"],
  ["/continuous", "↻", "Continuous"],
  ["/replays", "⟲", "Replays"],
  ["/packs", "≡", "Packs"],
  ["/datasets", "▦", "Datasets"],
  ["/events", "⋮", "Events"],
] as const;

export function Sidebar() {
  const [at] = useLocation();
  const list = useRef<HTMLUListElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: on a narrow screen another item is to be in sight
  useEffect(() => {
    const item = list.current?.querySelector<HTMLElement>("[aria-current]");
    if (item && list.current) list.current.scrollLeft = item.offsetLeft - 16;
  }, [at]);
  return (
    <nav className="sidebar" aria-label="Pages">
      <span className="brand">
        <img src="/icon.svg" alt="" width="22" height="22" /> ctt
      </span>
      <ul ref={list}>
        {PAGES.map(([to, sign, label]) => {
          const here = to === "/" ? at === "/" : at.startsWith(to);
          return (
            <li key={to}>
              <Go to={to} current={here}>
                <span aria-hidden="true">{sign}</span>
                <span>{label}</span>
              </Go>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
