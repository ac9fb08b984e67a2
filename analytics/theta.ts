import type { PairedMoments } from "./joint-moments.ts";

/**
 * θ = Cov(Y, X) / Var(X), the regression of Y on its covariate, over all units of two variants; 0 where X does not vary.
 * `within` leaves the differences between the variants out of both, as the mean of their own regressions would. The two
 * agree as n grows.
 */
export const thetaOf = (
  control: PairedMoments,
  treatment: PairedMoments,
  pooling: "joint" | "within" = "joint",
): number => {
  const between = pooling === "joint" ? control.n * (treatment.n / (control.n + treatment.n)) : 0;
  const x = treatment.x - control.x;
  const sum = (before: number, after: number, difference: number): number =>
    (control.n - 1) * before + (treatment.n - 1) * after + between * x * difference;
  const xx = sum(control.xx, treatment.xx, x);
  return xx > 0 ? sum(control.yx, treatment.yx, treatment.y - control.y) / xx : 0;
};
