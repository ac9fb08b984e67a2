import type { Metric, NewMetric } from "../../contract/metric.ts";
import type { SIMPLE_TYPES } from "./type-words.ts";

/** A metric as it stands in the form: text, so that nothing typed is ever lost or changed. */
export interface MetricDraft {
  name: string;
  key: string;
  type: (typeof SIMPLE_TYPES)[number];
  event: string;
  value: string;
  direction: Metric["direction"];
  quantile: string;
  first_day: string;
  last_day: string;
  cap: string;
  window_hours: string;
}

export const emptyMetric = (): MetricDraft => ({
  name: "",
  key: "",
  type: "conversion",
  event: "",
  value: "",
  direction: "increase",
  quantile: "0.99",
  first_day: "1",
  last_day: "7",
  cap: "",
  window_hours: "",
});

type Option = "value" | "quantile" | "retention_days" | "cap" | "window_hours";

const OPTIONS: Readonly<Record<MetricDraft["type"], readonly Option[]>> = {
  conversion: ["window_hours"],
  sum: ["value", "cap", "window_hours"],
  count: ["cap", "window_hours"],
  mean: ["value", "cap", "window_hours"],
  quantile: ["value", "quantile", "window_hours"],
  retention: ["retention_days"],
  time_to_event: ["window_hours"],
};

/** Whether metrics of the type have the field. */
export const hasOption = (type: MetricDraft["type"], option: Option): boolean => OPTIONS[type].includes(option);

/** The request that makes the metric. What is no number is sent as none, and the server says so. */
export function bodyOf(draft: MetricDraft): NewMetric {
  const has = (option: Option) => hasOption(draft.type, option);
  const given = (option: "value" | "quantile" | "cap" | "window_hours") => has(option) && draft[option].trim() !== "";
  return {
    name: draft.name,
    type: draft.type,
    direction: draft.direction,
    event: draft.event,
    ...(draft.key !== "" && { key: draft.key }),
    ...(given("value") && { value: draft.value }),
    ...(given("quantile") && { quantile: Number(draft.quantile) }),
    ...(has("retention_days") && { retention_days: [numberOf(draft.first_day), numberOf(draft.last_day)] }),
    ...(given("cap") && { cap: Number(draft.cap) }),
    ...(given("window_hours") && { window_hours: Number(draft.window_hours) }),
  };
}

/** Nothing at all is no number, either; `Number` takes it for 0. */
const numberOf = (text: string): number => (text.trim() === "" ? Number.NaN : Number(text));
