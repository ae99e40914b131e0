import { useEffect } from "react";
import { useLocation } from "wouter";
import { PAGES } from "../components/layout/Sidebar";
import { isBad, nameOf, WORDS, worst } from "../lib/verdict";
import { useContinuous } from "../stores/continuousStore";

/** The tab says which page it is, and with a mark that something is wrong; so does its icon. */
export function useTitle(): void {
  const [at] = useLocation();
  const all = useContinuous((state) => state.all);
  const status = useContinuous((state) => state.status);
  const bad = worst(all) ?? (isBad(status?.verdict) ? status : null);
  const lost = useContinuous((state) => state.heard > 0 && state.connection.state !== "live");
  const verdict = lost ? null : bad?.verdict;
  const page = PAGES.find(([to]) => to !== "/" && at.startsWith(to))?.[2] ?? "Home";
  const mark = lost
    ? "◐ stale: "
    : verdict
      ? `${WORDS[verdict.level].sign} ${[bad?.schedule_id, nameOf(verdict.condition)].filter(Boolean).join(" ")}: `
      : "";
  const icon = lost
    ? "/icon-look.svg"
    : verdict
      ? verdict.level === "critical"
        ? "/icon-alarm.svg"
        : "/icon-look.svg"
      : "/icon.svg";
  useEffect(() => {
    document.title = `${mark}${page} – ctt`;
    document.querySelector<HTMLLinkElement>("link[rel=icon]")?.setAttribute("href", icon);
  }, [mark, page, icon]);
}
