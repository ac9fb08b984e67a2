import type { Assignment, Context } from "../../contract/decision.ts";
import type { EncodedRuleset } from "../../contract/encoded-ruleset.ts";
import { type CompiledRuleset, compile } from "../../core/compile.ts";
import { decodeRuleset } from "../../core/decode-ruleset.ts";
import { evaluateExperiment } from "../../core/evaluate.ts";
import { pagePath, redirectUrl } from "./target-url.ts";

interface SplitTest {
  /** The experiment's. */
  readonly key: string;
  /** ms since 1970; it runs from the first until just before the second. */
  readonly startsAt: number;
  readonly endsAt: number;
}

/** A ruleset and its running split-URL tests by page. */
export interface SplitTests {
  readonly ruleset: CompiledRuleset;
  /** In stored order. A page is a path on any host (`/landing`) or on one (`shop.example/landing`). */
  readonly byPage: ReadonlyMap<string, readonly SplitTest[]>;
}

export const compileSplitTests = (encoded: EncodedRuleset): SplitTests => {
  const byPage = new Map<string, SplitTest[]>();
  const { enabled, experiments } = decodeRuleset(encoded);
  for (const { key, type, status, url, starts_at = -Infinity, ends_at = Infinity } of enabled ? experiments : []) {
    const page = type === "split_url" && status === "running" && url !== null ? pageOf(url) : undefined;
    if (page === undefined) continue;
    byPage.set(page, [...(byPage.get(page) ?? []), { key, startsAt: starts_at, endsAt: ends_at }]);
  }
  return { ruleset: compile(encoded), byPage };
};

const pageOf = (url: string): string | undefined => {
  const parsed = URL.parse(url, "http://any.invalid");
  if (!parsed) return undefined;
  return (url.startsWith("/") ? "" : parsed.host) + pagePath(parsed.pathname);
};

/** Keys of the tests that a page has at `now`, in ms since 1970: those of its own host first. Its query is ignored. */
export const testsAt = ({ byPage }: SplitTests, page: URL, now: number): readonly string[] => {
  const path = pagePath(page.pathname);
  return [...(byPage.get(page.host + path) ?? []), ...(byPage.get(path) ?? [])]
    .filter(({ startsAt, endsAt }) => startsAt <= now && now < endsAt)
    .map(({ key }) => key);
};

interface Visitor {
  readonly deviceId: string;
  readonly context: Context;
  /** When the page was asked for, ms since 1970. */
  readonly now: number;
}

/** What a visitor of a page gets: its variant, and where that variant is when it is elsewhere. */
export interface Split {
  readonly assignment: Assignment;
  readonly redirect: URL | undefined;
}

/**
 * The first of the page's tests that the visitor is in; `undefined` when in none. Also `undefined` when redirects would bring
 * the visitor back to this page for ever: then the variant cannot be shown, and nobody is exposed to it.
 */
export const splitOf = (tests: SplitTests, page: URL, visitor: Visitor): Split | undefined => {
  const split = nextSplit(tests, page, visitor);
  let hop = split?.redirect;
  for (let hops = 0; hop && hops < MAX_HOPS; hops++) {
    if (hop.host === page.host && pagePath(hop.pathname) === pagePath(page.pathname) && hops > 0) return undefined;
    hop = nextSplit(tests, hop, visitor)?.redirect;
  }
  return split;
};

/** No browser follows more redirects than 20. */
const MAX_HOPS = 20;

const nextSplit = (tests: SplitTests, page: URL, { deviceId, context, now }: Visitor): Split | undefined => {
  const input = { units: { device_id: deviceId }, context, now };
  const assignment = testsAt(tests, page, now)
    .map((key) => evaluateExperiment(tests.ruleset, key, input))
    .find(({ variant_key }) => variant_key !== null);
  if (!assignment) return undefined;
  const target = targetOf(assignment);
  if (target !== undefined && !URL.canParse(target, page)) return undefined;
  return { assignment, redirect: target === undefined ? undefined : redirectUrl(page, target) };
};

/** The variant's own page; `undefined` for a variant that stays on the tested one. */
const targetOf = ({ payload }: Assignment): string | undefined =>
  payload !== null && typeof payload === "object" && !Array.isArray(payload) && typeof payload["url"] === "string"
    ? payload["url"]
    : undefined;
