import { useState } from "react";
import { Confirm } from "../../components/Confirm";
import { Problem, put } from "../../lib/api";
import type { Status } from "../../lib/types";
import { useContinuous } from "../../stores/continuousStore";
import { SettingFields, type Settings } from "./Fields";

const FLAGS: Record<keyof Settings, (value: unknown) => string> = {
  interval_hours: (value) => `--interval ${value}h`,
  window_candles: (value) => `--window ${value}`,
  iterations_per_cycle: (value) => `--iterations ${value}`,
  fine_tune_lr_multiplier: (value) => `--lr-mult ${value}`,
  auto_deploy: (value) => (value ? "--auto-deploy" : "--no-auto-deploy"),
  gate: (value) => `--gate ${value}`,
};

/** Other settings of a schedule, from its next slot on. */
export function Edit({ status, onClose }: { status: Status; onClose: () => void }) {
  const refresh = useContinuous((state) => state.refresh);
  const before = status.config as unknown as Settings;
  const [form, setForm] = useState<Settings>(before);
  const [problem, setProblem] = useState<Problem | null>(null);
  const changed = (Object.keys(FLAGS) as (keyof Settings)[]).filter((key) => form[key] !== before[key]);
  const shown = (value: unknown) => (Number.isNaN(value) ? "..." : value);
  const flags = changed.map((key) => ` ${FLAGS[key](shown(form[key]))}`).join("");
  const save = async () => {
    try {
      const body = Object.fromEntries(changed.map((key) => [key, form[key]]));
      await put(`continuous/schedules/${status.schedule_id}`, body);
    } catch (error) {
      if (error instanceof Problem) setProblem(error);
      throw error;
    }
    await refresh();
  };
  return (
    <Confirm
      title={`Settings of ${status.name}`}
      verb="Save"
      command={`ctt schedule update --schedule ${status.schedule_id}${flags}`}
      ready={changed.length > 0 && !Object.values(form).includes(Number.NaN)}
      act={save}
      onClose={onClose}
    >
      <p>They hold from the next slot on. A running cycle ends with those that it began with.</p>
      <div className="fields">
        <SettingFields
          of={form}
          set={(field, value) => setForm({ ...form, [field]: value })}
          complaint={(field) => problem?.errors.find((error) => error.path.endsWith(field))?.message}
        />
      </div>
    </Confirm>
  );
}
