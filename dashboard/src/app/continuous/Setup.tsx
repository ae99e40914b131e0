import { type FormEvent, useEffect, useState } from "react";
import { Command } from "../../components/Command";
import { ProblemNote } from "../../components/Confirm";
import { useAnswer } from "../../hooks/useAnswer";
import { Problem, post } from "../../lib/api";
import { duration, moment } from "../../lib/format";
import type { Dataset, Experiment, Pack } from "../../lib/types";
import { useContinuous } from "../../stores/continuousStore";
import { useView } from "../../stores/viewStore";

interface Preview {
  window_start: string;
  window_end: string;
  window_candles: number;
  bars_present: number;
  holes: number;
  learning_rate: number;
  train_s: number | null;
}

const GATES = ["none", "basic", "strict"] as const;

/** The form that starts a schedule; each change asks the server what it would come to. */
export function Setup() {
  const refresh = useContinuous((state) => state.refresh);
  const { utc } = useView();
  const experiments = useAnswer<Experiment[]>("experiments?has_checkpoint=true&limit=100").data;
  const packs = useAnswer<Pack[]>("packs").data;
  const datasets = useAnswer<Dataset[]>("datasets").data;
  const [form, setForm] = useState({
    name: "",
    base_experiment_id: "",
    dataset_id: "",
    hp_pack_id: "",
    interval_hours: 6,
    window_candles: 1000,
    iterations_per_cycle: 20,
    fine_tune_lr_multiplier: 0.2,
    auto_deploy: true,
    gate: "basic" as (typeof GATES)[number],
  });
  const [preview, setPreview] = useState<Preview | null>(null);
  const [problem, setProblem] = useState<Error | null>(null);
  const [busy, setBusy] = useState(false);
  const ready = form.base_experiment_id !== "" && form.dataset_id !== "" && form.hp_pack_id !== "";

  useEffect(() => {
    if (!ready) return;
    const timer = setTimeout(() => {
      post<{ preview?: Preview }>("continuous/start?dry_run=1", bodyOf(form)).then(
        (answer) => {
          setPreview(answer.preview ?? null);
          setProblem(null);
        },
        (error: Error) => {
          setPreview(null);
          setProblem(error);
        },
      );
    }, 300);
    return () => clearTimeout(timer);
  }, [form, ready]);

  if (experiments && experiments.length === 0)
    return (
      <section className="card empty">
        <h2>No policy to begin with</h2>
        <p>A schedule fine-tunes a trained base policy. Train one, or look at the demo first:</p>
        <Command text="ctt train --dataset btc-1h --pack standard --name base" />
        <Command text="ctt demo --serve" />
      </section>
    );
  const complaint = (field: string) =>
    problem instanceof Problem
      ? problem.errors.find((error) => error.path.endsWith(field))?.message
      : undefined;
  const set = (field: keyof typeof form, value: string | number | boolean) =>
    setForm({ ...form, [field]: value });
  const start = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      await post("continuous/start", bodyOf(form));
      await refresh();
    } catch (error) {
      setProblem(error as Error);
    } finally {
      setBusy(false);
    }
  };
  const choice = (
    field: "base_experiment_id" | "dataset_id" | "hp_pack_id",
    label: string,
    hint: string,
    of: { id: string; name: string }[] | null,
  ) => (
    <Field label={label} hint={hint} complaint={complaint(field)}>
      <select required value={form[field]} onChange={(event) => set(field, event.target.value)}>
        <option value="">choose</option>
        {of?.map((item) => (
          <option key={item.id} value={item.id}>
            {item.name || item.id}
          </option>
        ))}
      </select>
    </Field>
  );
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
        value={form[field]}
        onChange={(event) => set(field, Number(event.target.value))}
      />
    </Field>
  );
  return (
    <form className="card" onSubmit={start} aria-labelledby="setup-title">
      <h2 id="setup-title">Start a schedule</h2>
      <div className="fields">
        <Field label="Name" hint="what it is called; may be left out" complaint={complaint("name")}>
          <input value={form.name} onChange={(event) => set("name", event.target.value)} />
        </Field>
        {choice("base_experiment_id", "Base policy", "a finished training with its checkpoint", experiments)}
        {choice("dataset_id", "Dataset", "where its candles come from", datasets)}
        {choice("hp_pack_id", "Pack", "hyper-parameters", packs)}
        {amount("interval_hours", "Interval", "hours between cycles, 1 to 720", 1, 720)}
        {amount("window_candles", "Window", "newest candles a cycle sees", 50, 1_000_000)}
        {amount("iterations_per_cycle", "Iterations", "of training in a cycle", 1, 10_000)}
        {amount(
          "fine_tune_lr_multiplier",
          "Rate multiplier",
          "of the pack's learning rate, above 0, at most 1",
          0.001,
          1,
          "any",
        )}
        <Field label="Gate" hint="what a candidate must pass" complaint={complaint("gate")}>
          <select value={form.gate} onChange={(event) => set("gate", event.target.value)}>
            {GATES.map((gate) => (
              <option key={gate}>{gate}</option>
            ))}
          </select>
        </Field>
        <Field label="Deploy by itself" hint="or wait for a person">
          <input
            type="checkbox"
            checked={form.auto_deploy}
            onChange={(event) => set("auto_deploy", event.target.checked)}
          />
        </Field>
      </div>
      {preview && (
        <p className="note" aria-live="polite">
          The first window would be {moment(preview.window_start, utc)} to {moment(preview.window_end, utc)}:{" "}
          {preview.bars_present} of {preview.window_candles} bars present, {preview.holes} holes. Learning
          rate {preview.learning_rate.toPrecision(3)}
          {preview.train_s !== null && `, about ${duration(preview.train_s)} a cycle`}.
        </p>
      )}
      {problem && <ProblemNote problem={problem} />}
      <div className="row end">
        <button type="submit" className="primary" disabled={!ready || busy}>
          {busy ? "Waiting for the server" : "Start"}
        </button>
      </div>
    </form>
  );
}

function bodyOf(form: Record<string, unknown>): Record<string, unknown> {
  const { name, ...rest } = form;
  return name === "" ? rest : form;
}

function Field({
  label,
  hint,
  complaint,
  children,
}: {
  label: string;
  hint: string;
  complaint?: string;
  children: React.ReactNode;
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
