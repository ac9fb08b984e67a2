import type { EncodedRuleset } from "../contract/encoded-ruleset.ts";
import type { RulesetFlag, RulesetHoldout, RulesetKey } from "../contract/ruleset.ts";
import { type CompiledAnswers, compileAnswers } from "./compile-answers.ts";
import { CompiledExperiments } from "./compile-experiments.ts";
import { type CompiledFlag, compileFlag } from "./compile-flags.ts";
import { type CompiledOverrides, compileOverrides } from "./compile-overrides.ts";
import { type CompiledTargeting, compileTargeting } from "./compile-targeting.ts";
import { type ExperimentIndex, indexExperiments } from "./experiment-index.ts";
import { type FindOpenExperiment, openExperiments } from "./open-experiments.ts";
import { type EdgeUse, edgeUse } from "./reads-edge.ts";

/** A ruleset that can be decided with. Compile it once a version and share it between all requests. */
export interface CompiledRuleset {
  readonly environment: string;
  readonly enabled: boolean;
  /** SDK keys by the hash of the whole key. */
  readonly keys: ReadonlyMap<string, RulesetKey>;
  /** Whether a decision can depend on `country` or on what the edge knows, `edge` and `edge.*`. */
  readonly usesEdge: boolean;
  /** The same in more detail, since most of it is dear to find out. */
  readonly edgeUse: EdgeUse;
  readonly flagKeys: readonly string[];
  readonly flag: (key: string) => RulesetFlag | undefined;
  /** By key or by id. */
  readonly hasExperiment: (name: string) => boolean;
  readonly experiments: CompiledExperiments;
  readonly targeting: CompiledTargeting;
  readonly holdouts: readonly RulesetHoldout[];
  readonly overrides: CompiledOverrides;
  /** Whether any experiment may be decided by a holdout or an override. */
  readonly hasExceptions: boolean;
  /** The short way to one experiment; none is open while something else could decide before targeting does. */
  readonly openExperiment: FindOpenExperiment;
  readonly answers: CompiledAnswers;
  /** To decide on all experiments; made when that is first asked for. */
  readonly index: ExperimentIndex;
  readonly compiledFlag: (key: string) => CompiledFlag | undefined;
}

/** Takes milliseconds for 10,000 experiments: whatever belongs to one experiment or flag is made when it is first decided. */
export const compile = (encoded: EncodedRuleset): CompiledRuleset => {
  const experiments = new CompiledExperiments(encoded.experiments);
  const targeting = compileTargeting(encoded);
  const answers = compileAnswers(experiments);
  const overrides = compileOverrides(encoded.overrides);
  const flags = new Map(encoded.flags.map((flag) => [flag.key, flag]));
  const compiledFlags = new Map<string, CompiledFlag>();
  const hasExceptions = encoded.holdouts.length > 0 || overrides.experiments.size > 0;
  let index: ExperimentIndex | undefined;
  let use: EdgeUse | undefined;
  return {
    environment: encoded.environment,
    enabled: encoded.enabled,
    keys: new Map(encoded.keys.map((key) => [key.hash, key])),
    get usesEdge() {
      return this.edgeUse !== "nothing";
    },
    get edgeUse() {
      return (use ??= edgeUse(encoded));
    },
    flagKeys: [...flags.keys()],
    flag: (key) => flags.get(key),
    hasExperiment: (name) => experiments.placeOf(name) >= 0,
    experiments,
    targeting,
    holdouts: encoded.holdouts,
    overrides,
    hasExceptions,
    openExperiment:
      encoded.enabled && !hasExceptions ? openExperiments(experiments, targeting, answers) : () => undefined,
    answers,
    get index() {
      return (index ??= indexExperiments(encoded.targeting, experiments, targeting));
    },
    compiledFlag: (key) => {
      const known = compiledFlags.get(key);
      const flag = flags.get(key);
      if (known || !flag) return known;
      const compiled = compileFlag(flag, targeting.compile);
      compiledFlags.set(key, compiled);
      return compiled;
    },
  };
};
