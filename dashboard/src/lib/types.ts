// What the server answers, by its contract; frames of the WebSocket.
import type { components } from "./contract";

type Schemas = components["schemas"];
export type Status = Schemas["Status"];
export type Cycle = Schemas["Cycle"];
export type LiveStatus = Schemas["LiveStatus"];
export type Experiment = Schemas["Experiment"];
export type Pack = Schemas["Pack"];
export type Dataset = Schemas["Dataset"];
export type Model = Schemas["Model"];

export interface Frame {
  type: string;
  seq?: number;
  ts?: string;
  [key: string]: unknown;
}

/** Columns of equal length, times in epoch seconds. */
export interface Equity {
  t: number[];
  v: number[];
  model_version: number[];
  total: number;
  sampled: boolean;
}
export interface Bars {
  t: number[];
  o: number[];
  h: number[];
  l: number[];
  c: number[];
  v: number[];
  total: number;
  sampled: boolean;
}
export interface Fills {
  t: number[];
  v: number[];
  side: ("buy" | "sell")[];
  size: number[];
  commission: number[];
  model_version: (number | null)[];
  total: number;
  sampled: boolean;
}
