import { bandits } from "./bandits.ts";
import { bayes } from "./bayes.ts";
import { calibration } from "./calibration.ts";
import { designs } from "./designs.ts";
import { diagnostics } from "./diagnostics.ts";
import { distributions } from "./distributions.ts";
import { fixedHorizon } from "./fixed-horizon.ts";
import type { Method, Methods } from "./method.ts";
import { multipleTesting } from "./multiple-testing.ts";
import { power } from "./power.ts";
import { sampleRatio } from "./sample-ratio.ts";
import { sequential } from "./sequential.ts";
import { varianceReduction } from "./variance-reduction.ts";

const families: readonly Methods[] = [
  distributions,
  fixedHorizon,
  varianceReduction,
  multipleTesting,
  power,
  sequential,
  sampleRatio,
  bayes,
  bandits,
  diagnostics,
  designs,
  calibration,
];

const methods = new Map(families.flatMap((family) => Object.entries(family)));

/** How `analytics/` computes a method of the vectors; undefined for one that it does not know. */
export const methodNamed = (name: string): Method | undefined => methods.get(name);
