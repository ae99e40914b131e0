import { type FormEvent, useEffect, useState } from "react";
import { Command } from "../../components/Command";
import { ProblemNote } from "../../components/Confirm";
import { useAnswer } from "../../hooks/useAnswer";
import { Problem, post } from "../../lib/api";
import { duration, moment } from "../../lib/format";
import type { Dataset, Experiment, Pack, Preview, Status } from "../../lib/types";
import { useContinuous } from "../../stores/continuousStore";
import { useView } from "../../stores/viewStore";
import { Field, SettingFields } from "./Fields";

/** The form that starts a schedule; each change asks the server what it would come to. */
export function Setup({ onStarted }: { onStarted?: () => void }) {
  const choose = useContinuous((state) => state.choose);
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
    gate: "basic",
  });
  const [preview, setPreview] = useState<Preview | null>(null);
  const [problem, setProblem] = useState<Error | null>(null);
  const [busy, setBusy] = useState(false);
  // The newest base, with the pack and the dataset that it was trained with: those fit.
  const setBase = (id: string) => {
    const base = experiments?.find((one) => one.id === id);
    const known = (of: { id: string }[] | null, wanted: unknown) =>
      of?.some((one) => one.id === wanted) ? String(wanted) : "";
    setForm((before) => ({
      ...before,
      base_experiment_id: id,
      dataset_id: known(datasets, base?.dataset_id),
      hp_pack_id: known(packs, base?.hp_pack_id),
    }));
  };
  const first = experiments?.find((one) => one.script !== "ctt cycle run") ?? experiments?.[0];
  const listed = packs !== null && datasets !== null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the lists are there
  useEffect(() => {
    if (first && listed && form.base_experiment_id === "") setBase(first.id);
  }, [first?.id, listed]);
  const ready = form.base_experiment_id !== "" && form.dataset_id !== "" && form.hp_pack_id !== "";

  useEffect(() => {
    if (!ready) return;
    let late = false; // the form is another one by now
    const timer = setTimeout(() => {
      post<{ preview?: Preview }>("continuous/start?dry_run=1", bodyOf(form)).then(
        (answer) => {
          if (late) return;
          setPreview(answer.preview ?? null);
          setProblem(null);
        },
        (error: Error) => {
          if (late) return;
          setPreview(null);
          setProblem(error);
        },
      );
    }, 300);
    return () => {
      late = true;
      clearTimeout(timer);
    };
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
  const refused = problem instanceof Problem && preview === null;
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
      const started = await post<Status>("continuous/start", bodyOf(form));
      choose(started.schedule_id ?? "");
      onStarted?.();
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
      <select
        required
        value={form[field]}
        onChange={(event) =>
          field === "base_experiment_id" ? setBase(event.target.value) : set(field, event.target.value)
        }
      >
        <option value="">choose</option>
        {of?.map((item) => (
          <option key={item.id} value={item.id}>
            {item.name || item.id}
          </option>
        ))}
      </select>
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
        <SettingFields of={form} set={set} complaint={complaint} />
      </div>
      {preview && (
        <div className={preview.blocked ? "note bad" : "note"} aria-live="polite">
          <p>
            The first window would be {moment(preview.window_start, utc)} to {moment(preview.window_end, utc)}
            : {preview.bars_present} of {preview.window_candles} bars present, {preview.holes} holes. Learning
            rate {preview.learning_rate.toPrecision(3)}, costs {costsText(preview.costs)}
            {preview.train_s !== null && `, about ${duration(Math.max(1, preview.train_s))} a cycle`}.
          </p>
          {preview.blocked && <p>As things stand the first cycle would not train: {preview.blocked}.</p>}
        </div>
      )}
      {problem && <ProblemNote problem={problem} />}
      <div className="row end">
        <button type="submit" className="primary" disabled={!ready || busy || refused}>
          {busy ? "Waiting for the server" : "Start"}
        </button>
      </div>
    </form>
  );
}

function costsText(costs: unknown): string {
  const { profile, commission, half_spread } = costs as {
    profile: string | null;
    commission: number;
    half_spread: number;
  };
  const side = `${(1e4 * (commission + half_spread)).toFixed(1)} bp a side`;
  return profile ? `${profile} (${side})` : side;
}

function bodyOf(form: Record<string, unknown>): Record<string, unknown> {
  const { name, ...rest } = form;
  return name === "" ? rest : form;
}
