import { useState } from "react";
import { Confirm } from "../../components/Confirm";
import { Problem, put } from "../../lib/api";
import type { Pack } from "../../lib/types";
import { Field } from "../continuous/Fields";

type Config = Record<string, unknown>;

/** `{"model.fcnet_hiddens": [64]}` into a copy of the settings. */
export function withSetting(config: Config, path: string, value: unknown): Config {
  const [head = "", ...rest] = path.split(".");
  if (rest.length === 0) return { ...config, [head]: value };
  return { ...config, [head]: withSetting((config[head] ?? {}) as Config, rest.join("."), value) };
}

/** What somebody typed, as JSON where it is some: `0.001`, `[64,64]`, `true`; else the text itself. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

// `lr` by the name that other dashboards know it by.
const ALIAS = "learning_rate";

/** Settings under their paths, each once; a list is one setting. */
export function settingsOf(config: Config, prefix = ""): [string, unknown][] {
  const own = Object.entries(config).filter(([key]) => prefix !== "" || key !== ALIAS);
  return own.flatMap(([key, value]): [string, unknown][] =>
    value !== null && typeof value === "object" && !Array.isArray(value)
      ? settingsOf(value as Config, `${prefix}${key}.`)
      : [[prefix + key, value]],
  );
}

/** All settings with those that somebody typed, by their own names alone: another would speak against a change of it. */
export function savedConfig(before: Config, changes: [string, string][]): Config {
  const own = Object.fromEntries(Object.entries(before).filter(([key]) => key !== ALIAS));
  return changes.reduce((all, [key, text]) => withSetting(all, key, parsed(text)), own);
}

/** Settings of a pack that nobody uses yet; the server says which will not do. */
export function Edit({ pack, onSaved, onClose }: { pack: Pack; onSaved: () => void; onClose: () => void }) {
  const before = pack.config as Config;
  const [changes, setChanges] = useState<Record<string, string>>({});
  const [problem, setProblem] = useState<Problem | null>(null);
  const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
  const rows = settingsOf(before);
  const changed = rows.filter(([key, value]) => key in changes && changes[key] !== text(value));
  const save = async () => {
    const config = savedConfig(
      before,
      changed.map(([key]) => [key, changes[key] ?? ""]),
    );
    try {
      await put(`packs/${encodeURIComponent(pack.id)}`, { config });
    } catch (error) {
      if (error instanceof Problem) setProblem(error);
      throw error;
    }
    onSaved();
  };
  return (
    <Confirm
      title={`Settings of ${pack.name}`}
      verb="Save"
      ready={changed.length > 0}
      command={`ctt packs edit ${pack.id}${changed.map(([key]) => ` --set ${key}=${changes[key]}`).join("")}`}
      act={save}
      onClose={onClose}
    >
      <div className="fields">
        {rows.map(([key, value]) => (
          <Field
            key={key}
            label={key}
            hint=""
            complaint={
              problem?.errors.find((one) => one.path.endsWith(`/${key.replaceAll(".", "/")}`))?.message
            }
          >
            <input
              value={changes[key] ?? text(value)}
              onChange={(event) => setChanges({ ...changes, [key]: event.target.value })}
            />
          </Field>
        ))}
      </div>
    </Confirm>
  );
}
