import { useNow } from "../../hooks/useNow";
import { clock, moment } from "../../lib/format";
import { useContinuous } from "../../stores/continuousStore";
import { useView } from "../../stores/viewStore";

function ConnectionBadge() {
  const { connection, heard, clockOffset } = useContinuous();
  const { utc } = useView();
  const now = useNow() - clockOffset;
  if (connection.state === "live") return <span className="badge good">● Live</span>;
  const stale = heard > 0 ? `, as of ${moment(heard / 1000, utc)}` : "";
  if (connection.state === "refused")
    return <span className="badge bad">○ Not let in: open the address that ctt serve-ws printed</span>;
  if (connection.state === "waiting" && connection.retryAt)
    return (
      <span className="badge warn">
        ○ Reconnecting in {Math.max(0, Math.ceil((connection.retryAt - now) / 1000))} s{stale}
      </span>
    );
  return <span className="badge">◐ Connecting{stale}</span>;
}

export function TopBar() {
  const { theme, setTheme, utc, setUtc } = useView();
  const now = useNow();
  const time = new Date(now - (utc ? 0 : new Date().getTimezoneOffset() * 60_000)).getTime() / 1000;
  return (
    <header className="topbar">
      <ConnectionBadge />
      <span className="grow" />
      <button
        type="button"
        className="plain"
        onClick={() => setUtc(!utc)}
        title="Times in UTC or where you are"
      >
        <span className="tabular">{clock(time % 86400)}</span> {utc ? "UTC" : "local"}
      </button>
      <label className="inline">
        <span className="unseen">Colours</span>
        <select value={theme} onChange={(event) => setTheme(event.target.value as typeof theme)}>
          <option value="system">System</option>
          <option value="light">Light</option>
          <option value="dark">Dark</option>
        </select>
      </label>
    </header>
  );
}
