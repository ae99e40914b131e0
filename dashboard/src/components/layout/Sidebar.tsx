import { Link, useLocation } from "wouter";

const ITEMS = [
  ["/", "⌂", "Home"],
  ["/experiments", "◇", "Experiments"],
  ["/models", "⬡", "Models"],
  ["/trading", "▤", "Paper Trading"],
  ["/continuous", "↻", "Continuous"],
  ["/packs", "≡", "Packs"],
  ["/datasets", "▦", "Datasets"],
] as const;

export function Sidebar() {
  const [at] = useLocation();
  return (
    <nav className="sidebar" aria-label="Pages">
      <span className="brand">ctt</span>
      <ul>
        {ITEMS.map(([to, sign, label]) => {
          const here = to === "/" ? at === "/" : at.startsWith(to);
          return (
            <li key={to}>
              <Link href={to} aria-current={here ? "page" : undefined}>
                <span aria-hidden="true">{sign}</span>
                <span>{label}</span>
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
