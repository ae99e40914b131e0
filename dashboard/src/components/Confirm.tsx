import { type ReactNode, useEffect, useRef, useState } from "react";
import { Problem } from "../lib/api";
import { Command } from "./Command";

interface Props {
  title: string;
  children: ReactNode;
  command: string;
  verb: string;
  danger?: boolean;
  act: () => Promise<unknown>;
  ready?: boolean; // false: there is nothing to do yet
  typed?: string; // what has to be typed before it can be done
  onClose: () => void;
}

/** Says what an action does, waits for the server's answer, and shows what it says when it refuses. */
export function Confirm({
  title,
  children,
  command,
  verb,
  danger,
  act,
  ready = true,
  typed,
  onClose,
}: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Error | null>(null);
  const [words, setWords] = useState("");
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    dialog.current?.showModal();
    // The button that was pressed may be gone or at rest afterwards: then the content has the focus.
    // It may also rest only when the answer has been drawn.
    const giveBack = () => {
      if (document.activeElement && document.activeElement !== document.body) return;
      const back = before?.isConnected && !(before as HTMLButtonElement).disabled;
      (back ? before : document.getElementById("main"))?.focus();
    };
    return () => {
      for (const pause of [0, 300, 1000]) setTimeout(giveBack, pause);
    };
  }, []);
  const go = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await act();
      onClose();
    } catch (error) {
      setProblem(error as Error);
      setBusy(false);
    }
  };
  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby="dialog-title">
      <h2 id="dialog-title">{title}</h2>
      {children}
      <p>
        The same on the command line: <Command text={command} />
      </p>
      {typed !== undefined && (
        <label className="field">
          <span>
            Type <b>{typed}</b> to confirm
          </span>
          <input value={words} onChange={(event) => setWords(event.target.value)} autoComplete="off" />
        </label>
      )}
      {problem && <ProblemNote problem={problem} />}
      <div className="row end">
        <button type="button" onClick={onClose}>
          Cancel
        </button>
        <button
          type="button"
          className={danger ? "primary danger" : "primary"}
          disabled={busy || !ready || (typed !== undefined && words !== typed)}
          onClick={go}
        >
          {busy ? "Waiting for the server" : verb}
        </button>
      </div>
    </dialog>
  );
}

/** A refusal in one sentence, with the commands that help. */
export function ProblemNote({ problem }: { problem: Error }) {
  const fix = problem instanceof Problem ? problem.fix : [];
  return (
    <div className="note bad" role="alert">
      <p>{problem.message}</p>
      {fix.map((line) => (
        <Command key={line} text={line} />
      ))}
    </div>
  );
}
