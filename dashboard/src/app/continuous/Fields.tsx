import type { ReactNode } from "react";

export interface Settings {
  interval_hours: number;
  window_candles: number;
  iterations_per_cycle: number;
  fine_tune_lr_multiplier: number;
  auto_deploy: boolean;
  gate: string;
}

const GATES = ["none", "basic", "strict"] as const;

export function Field({
  label,
  hint,
  complaint,
  children,
}: {
  label: string;
  hint: string;
  complaint?: string;
  children: ReactNode;
}) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child
    <label className="field">
      <span>{label}</span>
      {children}
      <small className={complaint ? "bad" : "quiet"}>{complaint ?? hint}</small>
    </label>
  );
}

interface Props {
  of: Settings;
  set(field: keyof Settings, value: string | number | boolean): void;
  complaint(field: string): string | undefined;
}

/** What a schedule does at each slot, as a form asks for it. */
export function SettingFields({ of, set, complaint }: Props) {
  const amount = (
    field: "interval_hours" | "window_candles" | "iterations_per_cycle" | "fine_tune_lr_multiplier",
    label: string,
    hint: string,
    min: number,
    max: number,
    step: number | "any" = 1,
  ) => (
    <Field label={label} hint={hint} complaint={complaint(field)}>
      <input
        type="number"
        required
        min={min}
        max={max}
        step={step}
        // What is deleted is no 0: an empty field is NaN, which nobody takes.
        value={Number.isNaN(of[field]) ? "" : of[field]}
        onChange={(event) => set(field, event.target.valueAsNumber)}
      />
    </Field>
  );
  return (
    <>
      {amount("interval_hours", "Interval", "hours between cycles", 0.1, 8784, "any")}
      {amount("window_candles", "Window", "newest candles a cycle sees", 50, 1_000_000)}
      {amount("iterations_per_cycle", "Iterations", "of training in a cycle", 1, 10_000)}
      {amount(
        "fine_tune_lr_multiplier",
        "Rate multiplier",
        "of the rate its base learned with, above 0, at most 1",
        0.001,
        1,
        "any",
      )}
      <Field label="Gate" hint="what a candidate must pass" complaint={complaint("gate")}>
        <select value={of.gate} onChange={(event) => set("gate", event.target.value)}>
          {GATES.map((gate) => (
            <option key={gate}>{gate}</option>
          ))}
        </select>
      </Field>
      <Field label="Deploy by itself" hint="or wait for a person">
        <input
          type="checkbox"
          checked={of.auto_deploy}
          onChange={(event) => set("auto_deploy", event.target.checked)}
        />
      </Field>
    </>
  );
}
