import { useState } from "react";
import { Confirm } from "../../components/Confirm";
import { useAnswer } from "../../hooks/useAnswer";
import { Problem, post } from "../../lib/api";
import type { Dataset, Pack } from "../../lib/types";
import { useContinuous } from "../../stores/continuousStore";
import { Field } from "../continuous/Fields";

/** Asks what to train on what, and starts it. */
export function Train({ onClose }: { onClose: () => void }) {
  const refresh = useContinuous((state) => state.refresh);
  const packs = useAnswer<Pack[]>("packs").data;
  const datasets = useAnswer<Dataset[]>("datasets").data;
  const [form, setForm] = useState({
    name: "",
    pack: "",
    dataset: "",
    iterations: "",
    candles: "",
    seed: "",
  });
  const [problem, setProblem] = useState<Problem | null>(null);
  const set = (change: Partial<typeof form>) => setForm({ ...form, ...change });
  const pack = form.pack || (packs?.[0]?.id ?? "");
  const dataset = form.dataset || (datasets?.[0]?.id ?? "");
  const flag = (name: string, value: string) => (value ? ` --${name} ${value}` : "");
  const number = (value: string) => (value === "" ? undefined : Number(value));
  const start = async () => {
    try {
      await post("training/launch", {
        name: form.name || undefined,
        hp_pack_id: pack,
        dataset_id: dataset,
        iterations: number(form.iterations),
        candles: number(form.candles),
        seed: number(form.seed),
      });
    } catch (error) {
      if (error instanceof Problem) setProblem(error);
      throw error;
    }
    await refresh();
  };
  const complaint = (field: string) => problem?.errors.find((error) => error.path.endsWith(field))?.message;
  const amount = (field: "iterations" | "candles" | "seed", label: string, hint: string) => (
    <Field label={label} hint={hint} complaint={complaint(field)}>
      <input
        type="number"
        min={field === "seed" ? 0 : 1}
        value={form[field]}
        onChange={(event) => set({ [field]: event.target.value })}
      />
    </Field>
  );
  const choice = (label: string, value: string, of: { id: string; name: string }[] | null, field: string) => (
    <Field label={label} hint="">
      <select value={value} onChange={(event) => set({ [field]: event.target.value })}>
        {of?.map((one) => (
          <option key={one.id} value={one.id}>
            {one.name}
          </option>
        ))}
      </select>
    </Field>
  );
  return (
    <Confirm
      title="Train a base policy"
      verb="Train"
      ready={pack !== "" && dataset !== ""}
      command={`ctt train --pack ${pack} --dataset ${dataset}${flag("name", form.name)}${flag("iterations", form.iterations)}${flag("candles", form.candles)}${flag("seed", form.seed)}`}
      act={start}
      onClose={onClose}
    >
      <p>One training runs at a time; it goes on when this page is closed.</p>
      <div className="fields">
        <Field label="Name" hint="may be left out" complaint={complaint("name")}>
          <input value={form.name} onChange={(event) => set({ name: event.target.value })} />
        </Field>
        {choice("Pack", pack, packs, "pack")}
        {choice("Dataset", dataset, datasets, "dataset")}
        {amount("iterations", "Iterations", "the pack's, unless given")}
        {amount("candles", "Candles", "newest ones; all, unless given")}
        {amount("seed", "Seed", "drawn, unless given")}
      </div>
    </Confirm>
  );
}
