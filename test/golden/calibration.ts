import { simulateLooks } from "../simulations/looks.ts";
import { simulateOther } from "../simulations/others.ts";
import type { Methods } from "./method.ts";

export const calibration: Methods = {
  "Calibration: rejection rate of sequential and fixed methods under repeated looks": {
    kind: "simulated",
    simulate: simulateLooks,
  },
  "Calibration: false-positive rates, coverage, FWER/FDR, SRM, clusters, bandit bias": {
    kind: "simulated",
    simulate: simulateOther,
  },
};
