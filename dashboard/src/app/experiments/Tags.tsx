import { useEffect, useRef, useState } from "react";
import { ProblemNote } from "../../components/Confirm";
import { put } from "../../lib/api";
import type { Experiment } from "../../lib/types";
import { useParts } from "../../stores/continuousStore";

/** The labels of an experiment, and a field that changes them; the server keeps those that are its own. */
export function Tags({ of, onChanged }: { of: Experiment; onChanged: () => void }) {
  const { readOnly, connection } = useParts("readOnly", "connection");
  const [text, setText] = useState<string | null>(null);
  const [problem, setProblem] = useState<Error | null>(null);
  const edit = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(false);
  useEffect(() => {
    if (text === null && wasOpen.current) edit.current?.focus();
    wasOpen.current = text !== null;
  }, [text]);
  const save = (tags: string[]) =>
    put(`experiments/${encodeURIComponent(of.id)}/tags`, { tags }).then(() => {
      setText(null);
      setProblem(null);
      onChanged();
    }, setProblem);
  return (
    <>
      <form
        className="row tags"
        onSubmit={(event) => {
          event.preventDefault();
          void save((text ?? "").split(/[\s,]+/).filter(Boolean));
        }}
      >
        {text === null ? (
          <>
            {of.tags.length === 0 && <span className="quiet">No tag</span>}
            {of.tags.map((tag) => (
              <span key={tag} className="badge">
                {tag}
              </span>
            ))}
            {!readOnly && (
              <button
                ref={edit}
                type="button"
                className="small"
                disabled={connection.state !== "live"}
                onClick={() => setText(of.tags.join(" "))}
              >
                Edit tags
              </button>
            )}
          </>
        ) : (
          <>
            <input
              aria-label="Tags"
              // biome-ignore lint/a11y/noAutofocus: it stands where the button was
              autoFocus
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
            <button type="submit">Save</button>
            <button
              type="button"
              onClick={() => {
                setText(null);
                setProblem(null);
              }}
            >
              Cancel
            </button>
          </>
        )}
      </form>
      {problem && <ProblemNote problem={problem} />}
    </>
  );
}
