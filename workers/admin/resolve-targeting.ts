import type { NewTargeting } from "../../contract/experiment.ts";
import { audiencesAskedFor } from "../../contract/targeting.ts";
import type { Condition, Rule } from "../../contract/targeting.ts";
import type { References } from "./references.ts";

/** The audiences that targeting names, to be looked up. */
export const audiencesNamed = ({ rules = [], user_segment }: NewTargeting): string[] => [
  ...rules.flatMap(({ conditions }) => audiencesAskedFor(conditions)),
  ...(user_segment === undefined ? [] : [user_segment]),
];

/** The rules by key, with the shorthand AND-ed to every one, or making one where there is none. */
export const rulesOf = (
  { rules: written = [], countries, platforms, user_segment }: NewTargeting,
  references: References,
): Rule[] => {
  const rules = references.rules(written, "targeting.rules");
  const shorthand: Condition[] = [];
  if (countries) shorthand.push({ attribute: "country", operator: "in", value: countries });
  if (platforms) shorthand.push({ attribute: "platform", operator: "in", value: platforms });
  if (user_segment !== undefined) {
    const value = references.key("audience", user_segment, "targeting.user_segment");
    shorthand.push({ operator: "in_audience", value });
  }
  if (shorthand.length === 0) return rules;
  if (rules.length === 0) return [{ conditions: shorthand }];
  return rules.map(({ conditions }) => ({ conditions: [...conditions, ...shorthand] }));
};
