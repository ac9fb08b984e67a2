import type { Cluster } from "./cluster-robust.ts";
import { sampleOf } from "./sample-of.ts";
import { compareMeans, type Sample } from "./welch.ts";

const meansOf = (clusters: readonly Cluster[]): Sample =>
  sampleOf(clusters.filter(({ units }) => units > 0).map(({ units, sum }) => sum / units));

/** Welch's test of the clusters' means, each counting the same whatever its size. Clusters without units have none. */
export const compareClusterMeans = (
  control: readonly Cluster[],
  treatment: readonly Cluster[],
  alpha: number,
): ReturnType<typeof compareMeans> => {
  const before = meansOf(control);
  const after = meansOf(treatment);
  const fewest = Math.min(before.n, after.n);
  return fewest === 1 ? { kind: "undefined", reason: "too_few_clusters" } : compareMeans(before, after, alpha);
};
