// Who serves the model that is desired: a trader's word counts, a replay is said as such.
import { moment } from "./format";
import type { Status } from "./types";

/** Who serves a model that is told as live: the one that is desired, or one before it. */
export function servedBy(status: Status | undefined | null, version: number | null) {
  if (!status || version === null) return null;
  const { deployed, replay_model_version: replay, trader_running } = status;
  if (deployed?.model_version === version) return deployed.served_by;
  if (trader_running) return "trader";
  return replay === version ? "replay" : null;
}

/** `v9 since 12:00`, `v9, served by a replay`, or what stands in the way. */
export function servedWords(status: Status, utc: boolean): string {
  const { deployed, replay_model_version: replay, trader_running } = status;
  if (!deployed) return "nothing yet";
  const version = `v${deployed.model_version}`;
  if (deployed.served_by === "trader") return `${version} since ${moment(deployed.deployed_at, utc)}`;
  if (deployed.served_by === "replay") return `${version}, served by a replay`;
  if (trader_running) return `${version}, its trader has not confirmed it yet`;
  if (replay !== null && replay !== undefined) return `${version}; a replay still serves v${replay}`;
  return `${version}, no trader runs`;
}
