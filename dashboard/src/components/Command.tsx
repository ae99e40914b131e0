import { useState } from "react";

/** The `ctt` command that does the same, to copy. */
export function Command({ text }: { text: string }) {
  const [copied, setCopied] = useState(false);
  const copy = () =>
    navigator.clipboard?.writeText(text).then(() => {
      setCopied(true);
      setTimeout(() => setCopied(false), 1500);
    });
  return (
    <span className="command">
      <code>{text}</code>
      <button type="button" className="plain" onClick={copy}>
        {copied ? "Copied" : "Copy"}
      </button>
    </span>
  );
}
