import type { z } from "zod";
import { Experiment } from "./experiment.ts";

/** Which buckets of which layer an experiment has. */
export const Allocation = Experiment.pick({ layer: true, slots: true, traffic: true, phase: true, revision: true });
export type Allocation = z.infer<typeof Allocation>;
