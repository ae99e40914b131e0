import type { ReactNode } from "react";
import { Link } from "wouter";
import { queryWith } from "../lib/address";
import { useContinuous } from "../stores/continuousStore";

interface Props {
  to: string;
  schedule?: string; // another one than the page is about
  current?: boolean;
  children: ReactNode;
}

/** A link within the page that keeps the schedule that is looked at. */
export function Go({ to, schedule, current, children }: Props) {
  const chosen = useContinuous((state) => state.chosen);
  const choose = useContinuous((state) => state.choose);
  const of = schedule ?? chosen;
  return (
    <Link
      href={to + queryWith({ schedule: of }, "")}
      aria-current={current ? "page" : undefined}
      onClick={() => schedule && schedule !== chosen && setTimeout(() => choose(schedule))}
    >
      {children}
    </Link>
  );
}
