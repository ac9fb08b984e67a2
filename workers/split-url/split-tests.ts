import type { Assignment, Context } from "../../contract/decision.ts";
import type { Ruleset } from "../../contract/ruleset.ts";
import { type CompiledRuleset, compile } from "../../core/compile.ts";
import { decide } from "../../core/decide.ts";
import { pagePath, redirectUrl } from "./target-url.ts";

/** A ruleset and its running split-URL tests by page. */
export interface SplitTests {
  readonly ruleset: CompiledRuleset;
  /** Experiment keys in stored order. A page is a path on any host (`/landing`) or on one (`shop.example/landing`). */
  readonly byPage: ReadonlyMap<string, readonly string[]>;
}

export const compileSplitTests = (ruleset: Ruleset): SplitTests => {
  const byPage = new Map<string, string[]>();
  for (const { key, type, status, url } of ruleset.experiments) {
    const page = type === "split_url" && status === "running" && url !== null ? pageOf(url) : undefined;
    if (page !== undefined) byPage.set(page, [...(byPage.get(page) ?? []), key]);
  }
  return { ruleset: compile(ruleset), byPage };
};

const pageOf = (url: string): string | undefined => {
  const parsed = URL.parse(url, "http://any.invalid");
  if (!parsed) return undefined;
  return (url.startsWith("/") ? "" : parsed.host) + pagePath(parsed.pathname);
};

/** The tests of a page: those of its own host first. Its query is ignored. */
export const testsAt = ({ byPage }: SplitTests, page: URL): readonly string[] => {
  const path = pagePath(page.pathname);
  return [...(byPage.get(page.host + path) ?? []), ...(byPage.get(path) ?? [])];
};

interface Visitor {
  readonly deviceId: string;
  readonly context: Context;
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

const nextSplit = (tests: SplitTests, page: URL, { deviceId, context }: Visitor): Split | undefined => {
  const experiments = testsAt(tests, page);
  if (experiments.length === 0) return undefined;
  const assignment = decide(tests.ruleset, { units: { device_id: deviceId }, context, experiments }).find(
    ({ reason }) => reason === "assigned",
  );
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
