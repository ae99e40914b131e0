// Who serves the model that is desired: a trader's word counts, a replay is said as such.
import { moment } from "./format";
import type { Status } from "./types";

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
