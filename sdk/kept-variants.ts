import type { Assignment, Units } from "../contract/decision.ts";
import type { Platform } from "./platform.ts";

const NAME = "edgeworth-variants";

/** The newest ones; a visitor is in few experiments at a time. */
const MAX_VARIANTS = 100;

/** Experiment key → the variant that a visitor has had. */
type Variants = Readonly<Record<string, string>>;

const isKey = (text: unknown): boolean => typeof text === "string" && /^[a-z0-9_-]{1,100}$/.test(text);

/**
 * The variants that the page's units have had, in the browser's local storage: experiments that keep a unit in its variant ask
 * for them. They belong to the units they were decided for, so another user on the same browser begins with none. Where
 * there is no storage, or a page may not use it, nothing is kept.
 */
export const keptVariants = ({ storage }: Platform) => {
  /** What of the storage's content can be sent: anybody may have written there, and one wrong entry would spoil the decision. */
  const read = (units: Units): Variants | undefined => {
    try {
      const [of, variants]: unknown[] = JSON.parse(storage?.()?.getItem(NAME) ?? "[]");
      if (of !== JSON.stringify(units)) return undefined;
      const entries = Object.entries(variants as object).filter((entry) => entry.every(isKey));
      return entries.length > 0 ? Object.fromEntries(entries) : undefined;
    } catch {
      return undefined;
    }
  };
  return {
    read,
    keep(units: Units, assignments: readonly Assignment[]): void {
      const variants = { ...read(units) };
      for (const { experiment_key, variant_key, reason } of assignments) {
        if (variant_key === null || (reason !== "assigned" && reason !== "sticky")) continue;
        // Taken out first, so that it comes last: the oldest go when there are too many.
        delete variants[experiment_key];
        variants[experiment_key] = variant_key;
      }
      const newest = Object.fromEntries(Object.entries(variants).slice(-MAX_VARIANTS));
      try {
        storage?.()?.setItem(NAME, JSON.stringify([JSON.stringify(units), newest]));
      } catch {
        // Storage is full or forbidden: the next visit is decided by the weights of its day.
      }
    },
  };
};
