import { createContext, useContext, type Accessor } from "solid-js";
import type { Experiment } from "../../contract/experiment.ts";

/** The experiment whose page this is, for its tabs. */
export const ExperimentContext = createContext<Accessor<Experiment>>();

export function useExperiment(): Accessor<Experiment> {
  const experiment = useContext(ExperimentContext);
  if (experiment === undefined) throw new Error("This tab stands outside an experiment's page.");
  return experiment;
}
