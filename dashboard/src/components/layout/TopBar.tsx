import { useLocation } from "wouter";
import { useNow } from "../../hooks/useNow";
import { clock, moment } from "../../lib/format";
import { isBad, nameOf, WORDS, worst } from "../../lib/verdict";
import { useAlarms } from "../../stores/alarmStore";
import { useContinuous, useParts } from "../../stores/continuousStore";
import { useView } from "../../stores/viewStore";
import { Go } from "../Go";

function ConnectionBadge() {
  const { connection, heard, clockOffset } = useParts("connection", "heard", "clockOffset");
  const { utc } = useView();
  const now = useNow() - clockOffset;
  if (connection.state === "live") return <span className="badge good">● Live</span>;
  const since = heard > 0 ? moment((heard + clockOffset) / 1000, utc, true) : null;
  if (connection.state === "stale")
    return (
      <span className="badge warn">◐ Stale{since && ` since ${since}`}: the server does not answer</span>
    );
  const stale = since ? `, as of ${since}` : "";
  if (connection.state === "refused") return <span className="badge bad">○ Not let in</span>;
  if (connection.state === "waiting" && connection.retryAt)
    return (
      <span className="badge warn">
        ○ Reconnecting in {Math.max(0, Math.ceil((connection.retryAt - now) / 1000))} s{stale}
      </span>
    );
  return <span className="badge">◐ Connecting{stale}</span>;
}

// On every page: the schedule that is worst off, when one is badly off.
function Alarm() {
  const all = useContinuous((state) => state.all);
  const status = useContinuous((state) => state.status);
  const live = useContinuous((state) => state.connection.state === "live");
  const bad = worst(all) ?? (isBad(status?.verdict) ? status : null);
  if (!bad?.verdict || !live) return null;
  const { sign, tone } = WORDS[bad.verdict.level];
  return (
    <Go to="/" schedule={bad.schedule_id ?? undefined}>
      <span className={`badge ${tone}`} title={bad.verdict.reason ?? undefined}>
        {sign} {bad.schedule_id && `${bad.schedule_id}: `}
        {nameOf(bad.verdict.condition)}
      </span>
    </Go>
  );
}

function SchedulePicker() {
  const { all, status, choose } = useParts("all", "status", "choose");
  const [, go] = useLocation();
  if (all.length < 2) return null;
  return (
    <label className="inline">
      <span className="quiet">Schedule</span>
      <select
        value={status?.schedule_id ?? ""}
        onChange={(event) => {
          choose(event.target.value);
          go(location.pathname + location.search, { replace: true });
        }}
      >
        {all.map((one) => (
          <option key={one.schedule_id} value={one.schedule_id ?? ""}>
            {one.name}
          </option>
        ))}
      </select>
    </label>
  );
}

export function TopBar() {
  const { theme, setTheme, utc, setUtc } = useView();
  const alarms = useAlarms();
  const readOnly = useContinuous((state) => state.readOnly);
  const now = useNow();
  const time = new Date(now - (utc ? 0 : new Date().getTimezoneOffset() * 60_000)).getTime() / 1000;
  return (
    <header className="topbar">
      <SchedulePicker />
      <ConnectionBadge />
      {readOnly && <span className="badge">read-only</span>}
      <Alarm />
      <span className="grow" />
      {alarms.possible && (
        <button
          type="button"
          className="plain"
          aria-pressed={alarms.on}
          title="Tell me when something goes wrong, also while this page is in the background"
          onClick={() => void alarms.toggle()}
        >
          Alarms {alarms.on ? "on" : "off"}
        </button>
      )}
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
