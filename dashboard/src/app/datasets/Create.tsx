import { useState } from "react";
import { Confirm } from "../../components/Confirm";
import { useAnswer } from "../../hooks/useAnswer";
import { Problem, post } from "../../lib/api";
import type { Dataset } from "../../lib/types";
import { Field } from "../continuous/Fields";

const SOURCES = { alpaca: "Alpaca", csv: "a csv file", synthetic: "made up from a seed" } as const;
type Source = keyof typeof SOURCES;
const WIDTHS = ["1m", "5m", "15m", "1h", "4h", "1d"] as const;

interface Props {
  of: Dataset[]; // the first one's features are taken over unless another is chosen
  onMade: () => void;
  onClose: () => void;
}

/** A new dataset: where its candles come from, and the features of one that is there. */
export function Create({ of, onMade, onClose }: Props) {
  const [form, setForm] = useState({
    name: "",
    source: "alpaca" as Source,
    symbol: "BTC/USD",
    timeframe: "1h",
    file: "",
    seed: "1",
    features: of[0]?.id ?? "",
  });
  const catalogue = useAnswer<{ type: string }[]>("datasets/features").data;
  const every = catalogue?.map(({ type }) => ({ type })) ?? [];
  const chosen = form.features === "all" ? every : of.find((one) => one.id === form.features)?.features;
  const seeded = of.find((one) => one.id === "btc-1h" || one.id === "synthetic-1h")?.features;
  const asDefault = JSON.stringify(chosen) === JSON.stringify(seeded);
  const flag_of = form.features === "all" ? " --features all" : asDefault ? "" : " --features features.json";
  const [problem, setProblem] = useState<Problem | null>(null);
  const set = (change: Partial<typeof form>) => setForm({ ...form, ...change });
  const complaint = (field: string) => problem?.errors.find((one) => one.path.endsWith(field))?.message;
  const make = async () => {
    const own =
      form.source === "csv"
        ? { file: form.file }
        : form.source === "synthetic"
          ? { seed: Number(form.seed) }
          : {};
    try {
      await post("datasets", {
        name: form.name,
        source_type: form.source,
        source_config: { symbol: form.symbol, timeframe: form.timeframe, ...own },
        features: chosen,
      });
    } catch (error) {
      if (error instanceof Problem) setProblem(error);
      throw error;
    }
    onMade();
  };
  const own =
    form.source === "csv"
      ? ` --file ${form.file}`
      : form.source === "synthetic"
        ? ` --seed ${form.seed}`
        : "";
  return (
    <Confirm
      title="New dataset"
      verb="Create"
      ready={form.name !== "" && (form.source !== "csv" || form.file !== "")}
      command={`ctt datasets create ${form.name || "NAME"} --source ${form.source} --symbol ${form.symbol} --timeframe ${form.timeframe}${own}${flag_of}`}
      act={make}
      onClose={onClose}
    >
      <div className="fields">
        <Field label="Name" hint="what it is called" complaint={complaint("/name")}>
          <input value={form.name} onChange={(event) => set({ name: event.target.value })} />
        </Field>
        <Field
          label="Source"
          hint="where its candles come from"
          complaint={form.source === "csv" ? undefined : complaint("/source_config")}
        >
          <select value={form.source} onChange={(event) => set({ source: event.target.value as Source })}>
            {Object.entries(SOURCES).map(([id, words]) => (
              <option key={id} value={id}>
                {words}
              </option>
            ))}
          </select>
        </Field>
        <Field label="Symbol" hint="the instrument">
          <input value={form.symbol} onChange={(event) => set({ symbol: event.target.value })} />
        </Field>
        <Field label="Timeframe" hint="width of a bar">
          <select value={form.timeframe} onChange={(event) => set({ timeframe: event.target.value })}>
            {WIDTHS.map((width) => (
              <option key={width}>{width}</option>
            ))}
          </select>
        </Field>
        {form.source === "csv" && (
          <Field label="File" hint="its full path on the server" complaint={complaint("/source_config")}>
            <input value={form.file} onChange={(event) => set({ file: event.target.value })} />
          </Field>
        )}
        {form.source === "synthetic" && (
          <Field label="Seed" hint="the same seed makes the same bars">
            <input
              type="number"
              min={0}
              value={form.seed}
              onChange={(event) => set({ seed: event.target.value })}
            />
          </Field>
        )}
        <Field
          label="Features"
          hint="all there are, or those of a dataset"
          complaint={complaint("/features")}
        >
          <select value={form.features} onChange={(event) => set({ features: event.target.value })}>
            {of.map((one) => (
              <option key={one.id} value={one.id}>
                as {one.name}
              </option>
            ))}
            <option value="all">all</option>
          </select>
        </Field>
      </div>
    </Confirm>
  );
}
