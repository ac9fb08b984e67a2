import type { EncodedRuleset } from "../../../contract/encoded-ruleset.ts";
import { Ruleset, RulesetPointer } from "../../../contract/ruleset.ts";
import { decodeRuleset } from "../../../core/decode-ruleset.ts";
import type { AdminApi } from "./admin-api.ts";

/** What the tests use of KV, since Workers' types are not for Node. */
interface Kv {
  get(key: string): Promise<string | null>;
}

/** The ruleset that an environment is on, as a reader finds it in KV, checked against the contract. */
export const published = async (api: AdminApi, environment: string): Promise<Ruleset & { version: number }> => {
  const { RULES } = (await api.harness.getWorker("edgeworth-decide").getEnv()) as unknown as { RULES: Kv };
  const pointer = RulesetPointer.parse(JSON.parse((await RULES.get(`rs:${environment}:pointer`)) ?? "null"));
  const blob = (await RULES.get(`rs:${environment}:${pointer.hash}`)) ?? "null";
  return { ...Ruleset.strict().parse(decodeRuleset(JSON.parse(blob) as EncodedRuleset)), version: pointer.version };
};
