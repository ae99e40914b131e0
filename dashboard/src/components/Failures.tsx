import { useParts } from "../stores/continuousStore";

/** What was asked for and failed after the server had taken it. */
export function Failures() {
  const { failures, dismiss } = useParts("failures", "dismiss");
  return failures.map((failure) => (
    <div key={failure.seq} className="note bad row" role="alert">
      <span>{String(failure.message)}</span>
      <span className="grow" />
      <button type="button" className="small" onClick={() => dismiss(failure)}>
        Seen
      </button>
    </div>
  ));
}
