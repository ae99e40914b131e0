// What the server answers, by its contract; frames of the WebSocket.
import type { components } from "./contract";

type Schemas = components["schemas"];

export type Level = "ok" | "notice" | "warning" | "critical";
export interface Condition {
  condition: string;
  level: Level;
  reason: string;
  command: string | null;
  since: string | null;
}
/** How a schedule stands, in one place for page, command line and metrics: the worst of its conditions first. */
export interface Verdict {
  level: Level;
  condition: string | null;
  reason: string | null;
  command: string | null;
  since: string | null;
  conditions: Condition[];
}

export type Status = Omit<Schemas["Status"], "verdict"> & { verdict?: Verdict | null };
export type Cycle = Schemas["Cycle"];
export type CycleDetail = Schemas["CycleDetail"];
export type LiveStatus = Schemas["LiveStatus"];
export type LiveSession = Schemas["LiveSession"];
export type LiveTrade = Schemas["LiveTrade"];
export type Results = Schemas["TradingResults"];
export type RoundTrip = Schemas["RoundTrip"];
export type Experiment = Schemas["Experiment"];
export type ExperimentDetail = Schemas["ExperimentDetail"];
export type Comparison = Schemas["Comparison"];
export type ComparedValue = Schemas["ComparedValue"];
export type Pack = Schemas["Pack"];
export type Dataset = Schemas["Dataset"];
export type Model = Schemas["Model"];
export type Replay = Schemas["Replay"];
export type Preview = Schemas["StartPreview"];

export interface Frame {
  type: string;
  seq?: number;
  ts?: string;
  [key: string]: unknown;
}

/** Columns of equal length, times in epoch seconds. */
export type Equity = Schemas["EquitySeries"];
export type Bars = Schemas["BarSeries"];
export type Fills = Schemas["TradeSeries"];
