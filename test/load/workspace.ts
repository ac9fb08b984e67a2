import type { Experiment } from "../../contract/experiment.ts";
import { type AdminClient, createUnlessTaken } from "../../scripts/admin-client.ts";
import { DIMENSIONS, LARGE_ORDER_ITEMS, METRICS, REVENUE_CAP, REVENUE_WINDOW_HOURS, WATCHED } from "./reference.ts";

/** Bodies of `POST /api/v1/metrics`; what they mean is in reference.ts. */
const metrics = [
  { type: "conversion", event: "load_purchase" },
  { type: "sum", event: "load_purchase", value: "value", cap: REVENUE_CAP, window_hours: REVENUE_WINDOW_HOURS },
  {
    type: "count",
    event: "load_purchase",
    filters: [{ property: "items", operator: "gte", value: LARGE_ORDER_ITEMS }],
  },
  { type: "mean", event: "load_purchase", value: "value" },
  {
    type: "ratio",
    numerator: { event: "load_purchase", value: "items" },
    denominator: { event: "load_purchase" },
  },
] as const;

const metricKeys = METRICS.map((name) => `load_${name}`);

export const createMetrics = async (admin: AdminClient): Promise<void> => {
  for (const [index, metric] of metrics.entries())
    await createUnlessTaken(admin, "/metrics", {
      key: metricKeys[index],
      name: `Load: ${METRICS[index]?.replaceAll("_", " ")}`,
      ...metric,
    });
};

const start = async (admin: AdminClient, body: object): Promise<Experiment> => {
  const { key } = await admin.post<Experiment>("/experiments", body);
  return admin.patch<Experiment>(`/experiments/${key}/status`, { status: "running" });
};

const variants = ["control", "treatment"].map((key) => ({ key, name: key, weight: 50 }));

/** Creates and starts so many experiments with all metrics of the load; their keys end with `run`. */
export const startExperiments = async (
  admin: AdminClient,
  { count, run, environment }: { readonly count: number; readonly run: string; readonly environment: string },
): Promise<Experiment[]> => {
  const started: Experiment[] = [];
  for (let index = 0; index < count; index++) {
    const [other] = WATCHED.includes(index as 0 | 1) ? WATCHED.filter((watched) => watched < index) : [];
    started.push(
      await start(admin, {
        key: `load_${index}_${run}`,
        name: `Load ${run}: experiment ${index}`,
        hypothesis: "What is sent is what is counted.",
        environments: [environment],
        unit_type: "user_id",
        variants,
        primary_metric: metricKeys[0],
        secondary_metrics: metricKeys.slice(1),
        dimensions: DIMENSIONS,
        ...(other === undefined ? {} : { watch: [started[other]?.key] }),
      }),
    );
  }
  return started;
};

/** Creates and starts an experiment whose variants are lanes, one probe in each at a time: `lane_0` and so on. */
export const startProbe = (
  admin: AdminClient,
  { lanes, run, environment }: { readonly lanes: number; readonly run: string; readonly environment: string },
): Promise<Experiment> =>
  start(admin, {
    key: `load_probe_${run}`,
    name: `Load ${run}: how fresh the counts are`,
    hypothesis: "An event is in the sums seconds after it was sent.",
    environments: [environment],
    unit_type: "user_id",
    primary_metric: metricKeys[0],
    variants: Array.from({ length: lanes }, (_, lane) => ({
      key: `lane_${lane}`,
      name: `Lane ${lane}`,
      weight: 100 / lanes,
    })),
  });
