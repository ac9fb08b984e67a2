import { type AnalysisSettings, DEFAULT_ANALYSIS } from "../../contract/analysis-settings.ts";
import type { Experiment, NewExperiment } from "../../contract/experiment.ts";
import type { Layer } from "../../contract/layer.ts";
import type { Metric } from "../../contract/metric.ts";
import type { Variant } from "../../contract/variant.ts";
import type { ReferredExperiment } from "../../d1/dependencies.ts";
import { findLayer } from "../../d1/layers.ts";
import { BUCKETS } from "../../core/bucket.ts";
import { allocate, sizeOf } from "./buckets.ts";
import { checkNoCycle, needsIn } from "./prerequisites.ts";
import { References, namedIn } from "./references.ts";
import { refuse } from "./refusals.ts";
import { audiencesNamed, rulesOf } from "./resolve-targeting.ts";
import { variantsOf } from "./resolve-variants.ts";
import { checkSplit } from "./split-pages.ts";

/** The layer that an experiment has to itself. No key of a person's holds a slash. */
export const ownLayerKey = (experimentKey: string): string => `${experimentKey}/traffic`;

/** The salt of that layer. Part of the assignment contract. */
export const ownLayerSalt = (experimentSalt: string): string => `${experimentSalt}/traffic`;

const ownLayerOf = (written: NewExperiment, identity: Identity): Layer => ({
  id: identity.own_layer_id,
  key: ownLayerKey(identity.key),
  name: written.name,
  salt: ownLayerSalt(identity.salt),
  unit_type: written.unit_type ?? (written.type === "split_url" ? "device_id" : "user_id"),
  created_at: identity.created_at,
  slots: [],
  free_buckets: 10_000,
});

/** A layer that is named must be one to share, and divide units of the type that is asked for. */
const checkShared = (layer: Layer, written: NewExperiment): void => {
  if (layer.key.includes("/")) {
    const message = `The layer ${layer.key} belongs to one experiment alone; make one to share with POST /api/v1/layers.`;
    refuse([{ path: "layer", message }]);
  }
  if (written.unit_type !== undefined && written.unit_type !== layer.unit_type) {
    const message = `The layer ${layer.key} divides units of type ${layer.unit_type}; leave unit_type out or use another layer.`;
    refuse([{ path: "unit_type", message }]);
  }
};

/** A metric has one role in an experiment. */
const checkOnce = (named: readonly { readonly key: string; readonly path: string }[]): void => {
  const keys = named.map(({ key }) => key);
  refuse(
    named
      .filter(({ key }, index) => keys.indexOf(key) < index)
      .map(({ key, path }) => ({ path, message: `The metric ${key} is named already; one role is enough.` })),
  );
};

/**
 * The limits of guardrails by metric key. `guardrails` are the references as they were written, and `keys` what they lead to; a limit
 * may name either.
 */
const limitsOf = (
  { guardrail_limits: limits = {} }: NewExperiment,
  guardrails: readonly string[],
  keys: readonly string[],
): Record<string, number> => {
  const named = Object.entries(limits).map(([reference, limit]) => {
    const index = guardrails.indexOf(reference);
    return { reference, limit, key: keys.includes(reference) ? reference : keys[index] };
  });
  refuse(
    named
      .filter(({ key }) => key === undefined)
      .map(({ reference }) => ({
        path: `guardrail_limits.${reference}`,
        message: `The metric ${reference} is no guardrail of this experiment; add it to guardrail_metrics, or leave its limit out.`,
      })),
  );
  return Object.fromEntries(named.map(({ key = "", limit }) => [key, limit]));
};

/** What a design cannot count of a metric, so that nobody could ever read it. */
const uncountable = (
  { type, switchback }: NewExperiment,
  metric: Pick<Metric, "type" | "cap_percentile">,
): string | undefined => {
  if (type === "interleaving" && !["conversion", "count", "sum"].includes(metric.type))
    return `Interleaving gives credit for conversions, counts and sums; use one of these in place of a ${metric.type} metric.`;
  if (!switchback) return undefined;
  if (["retention", "time_to_event", "quantile"].includes(metric.type))
    return `A switchback test counts by window, in which a ${metric.type} metric cannot be told; use another type.`;
  return metric.cap_percentile === undefined
    ? undefined
    : "A switchback test's windows have no percentile cap; use a metric with a cap in its own unit, or none.";
};

/**
 * Units of two variants at which a decision is most likely, where nothing was said: clusters and windows are few, and each of them
 * says much; who is shown two rankings at once compares them himself.
 */
export const tuningUnitsOf = ({
  type,
  switchback,
  member_type,
}: Pick<NewExperiment, "type" | "switchback" | "member_type">): number => {
  if (type === "interleaving") return 2_000;
  return switchback || member_type ? 200 : DEFAULT_ANALYSIS.tuning_units;
};

/** How it is read, with every default. Who plans a shorter test than the days before a decision means the whole of it. */
const analysisOf = (written: NewExperiment, durationDays: number): AnalysisSettings => {
  const settings = { ...DEFAULT_ANALYSIS, tuning_units: tuningUnitsOf(written), ...written.analysis };
  return { ...settings, min_days: Math.min(settings.min_days, durationDays) };
};

/** Joint effects are those on units that are in both experiments. */
const checkWatched = (others: readonly (ReferredExperiment | undefined)[], key: string, unitType: string): void =>
  refuse(
    others.flatMap((other, index) => {
      const path = `watch.${index}`;
      if (other === undefined) return [];
      if (other.key === key) return [{ path, message: "An experiment cannot be watched with itself; name another." }];
      if (other.unit_type === unitType) return [];
      const message = `The experiment ${other.key} divides units of type ${other.unit_type}, and this one ${unitType}: no unit is in both.`;
      return [{ path, message }];
    }),
  );

/** A cluster is of another type than what is in it. */
const checkCluster = ({ member_type }: NewExperiment, unitType: string): void => {
  if (member_type !== unitType) return;
  const message = `The units of this experiment are of type ${unitType} themselves; name the type of what is in them, or leave it out.`;
  refuse([{ path: "member_type", message }]);
};

/** An instant as it is stored: in UTC, with milliseconds. */
export const instantOf = (written: string | null | undefined): string | null =>
  written ? new Date(written).toISOString() : null;

/** What stays when an experiment is written again. */
type Identity = Pick<
  Experiment,
  "id" | "key" | "salt" | "status" | "phase" | "revision" | "created_at" | "updated_at" | "started_at" | "ended_at"
> & { readonly variants: readonly Variant[]; readonly own_layer_id: string };

/**
 * The experiment that a request describes, with every default, reference and bucket settled.
 *
 * `layer` is set when the experiment has a layer to itself, which must be stored with it. Throws 422 `unknown_reference`
 * with every reference that leads nowhere, `prerequisite_cycle`, `layer_full`, `slot_taken`, or `invalid_request`.
 */
export const resolveExperiment = async (
  d1: D1Database,
  written: NewExperiment,
  identity: Identity,
): Promise<{ experiment: Experiment; ownLayer: Layer | undefined }> => {
  const variants = variantsOf(written, identity.id, identity.variants);
  const { environments: places = ["production"], targeting = {}, primary_metric: primary } = written;
  const { secondary_metrics: secondary = [], guardrail_metrics: guardrails = [], prerequisites: needs = [] } = written;
  const { watch: watched = [] } = written;
  const needed = namedIn(needs);
  const [references, shared] = await Promise.all([
    References.load(d1, {
      environment: places,
      metric: [...(primary === undefined ? [] : [primary]), ...secondary, ...guardrails],
      audience: audiencesNamed(targeting),
      flag: needed.flag,
      experiment: [...needed.experiment, ...watched],
    }),
    written.layer === undefined ? undefined : findLayer(d1, written.layer),
  ]);
  if (written.layer !== undefined && !shared) references.unknown("layer", "layer", written.layer);
  const environments = [...new Set(references.keys("environment", places, "environments"))];
  const primary_metric = primary === undefined ? null : references.key("metric", primary, "primary_metric");
  const secondary_metrics = references.keys("metric", secondary, "secondary_metrics");
  const guardrail_metrics = references.keys("metric", guardrails, "guardrail_metrics");
  const rules = rulesOf(targeting, references);
  const prerequisites = references.prerequisites(needs, "prerequisites");
  const others = watched.map((reference, index) => references.experiment(reference, `watch.${index}`));
  references.check();
  await checkNoCycle(d1, { kind: "experiment", key: identity.key }, needsIn(prerequisites, "prerequisites"));

  if (shared) checkShared(shared, written);
  checkOnce([
    ...(primary_metric === null ? [] : [{ key: primary_metric, path: "primary_metric" }]),
    ...secondary_metrics.map((key, index) => ({ key, path: `secondary_metrics.${index}` })),
    ...guardrail_metrics.map((key, index) => ({ key, path: `guardrail_metrics.${index}` })),
  ]);
  refuse(
    [
      ...(primary === undefined ? [] : [{ reference: primary, path: "primary_metric" }]),
      ...secondary.map((reference, index) => ({ reference, path: `secondary_metrics.${index}` })),
      ...guardrails.map((reference, index) => ({ reference, path: `guardrail_metrics.${index}` })),
    ].flatMap(({ reference, path }) => {
      const metric = references.metric(reference);
      const message = metric && uncountable(written, metric);
      return message === undefined ? [] : [{ path, message }];
    }),
  );

  const layer = shared ?? ownLayerOf(written, identity);
  checkSplit(written, layer, variants);
  checkWatched(others, identity.key, layer.unit_type);
  checkCluster(written, layer.unit_type);
  const inLayer = layer.slots.filter(({ experiment_key }) => experiment_key !== identity.key);
  const slots = allocate(
    written.slots ? { slots: written.slots } : { traffic: written.traffic ?? 1 },
    layer.key,
    inLayer,
  );

  const { estimated_duration_days: durationDays = 14 } = written;
  const { variants: _, own_layer_id: __, ...same } = identity;
  const experiment: Experiment = {
    ...same,
    name: written.name,
    hypothesis: written.hypothesis ?? "",
    owner: written.owner ?? "",
    type: written.type,
    environments,
    unit_type: layer.unit_type,
    url: written.url ?? null,
    layer: { id: layer.id, key: layer.key, salt: layer.salt },
    slots,
    traffic: sizeOf(slots) / BUCKETS,
    variants,
    targeting: { rules },
    primary_metric,
    secondary_metrics,
    guardrail_metrics,
    guardrail_limits: limitsOf(written, guardrails, guardrail_metrics),
    analysis: analysisOf(written, durationDays),
    min_detectable_effect: written.min_detectable_effect ?? null,
    significance_level: written.significance_level ?? 0.05,
    power: written.power ?? 0.8,
    estimated_duration_days: durationDays,
    starts_at: instantOf(written.starts_at),
    ends_at: instantOf(written.ends_at),
    prerequisites,
    sticky: written.sticky ?? false,
    server_only: written.server_only ?? false,
    switchback: written.switchback ?? null,
    factors: written.factors ?? null,
    dimensions: written.dimensions ?? [],
    watch: [...new Set(others.flatMap((other) => other?.key ?? []))],
    member_type: written.member_type ?? null,
  };
  return { experiment, ownLayer: shared ? undefined : layer };
};
