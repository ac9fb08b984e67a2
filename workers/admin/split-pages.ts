import type { Experiment, NewExperiment } from "../../contract/experiment.ts";
import type { Layer } from "../../contract/layer.ts";
import type { ProblemError } from "../../contract/problem.ts";
import type { Variant } from "../../contract/variant.ts";
import { listCountedExperiments } from "../../d1/experiments.ts";
import { Problem } from "../http/problem.ts";

interface Page {
  /** Empty for a page on any host. */
  readonly host: string;
  readonly path: string;
  readonly query: string;
}

/** A path is on the host of the page that it is seen from. As the split-URL Worker does, it ignores a slash at the end. */
const pageOf = (url: string, from: Pick<Page, "host"> = { host: "" }): Page | undefined => {
  const parsed = URL.parse(url, "http://any.invalid");
  if (!parsed) return undefined;
  const host = url.startsWith("/") ? from.host : parsed.host;
  return { host, path: parsed.pathname.replace(/\/+$/, "") || "/", query: parsed.search };
};

/** True when a visitor can be on both at once. */
const overlap = (one: Page, other: Page): boolean =>
  one.path === other.path && (one.host === other.host || one.host === "" || other.host === "");

/** Where a variant leads; `undefined` for one that stays on the page. */
const targetOf = ({ config }: Variant, page: Page): Page | undefined =>
  config !== null && typeof config === "object" && !Array.isArray(config) && typeof config["url"] === "string"
    ? pageOf(config["url"], page)
    : undefined;

/**
 * Refuses with 422 `invalid_request` a split-URL test that could not run: one that does not divide devices, which is all that
 * the Worker in front of the page knows, or that leads nobody to another page.
 */
export const checkSplit = (
  { type, url, unit_type }: Pick<NewExperiment, "type" | "url" | "unit_type">,
  layer: Layer,
  variants: readonly Variant[],
): void => {
  const page = url === undefined ? undefined : pageOf(url);
  if (type !== "split_url" || !page) return;
  const errors: ProblemError[] = [];
  if (layer.unit_type !== "device_id")
    errors.push(
      unit_type === undefined
        ? {
            path: "layer",
            message: `The layer ${layer.key} divides units of type ${layer.unit_type}; a split-URL test needs one of device_id.`,
          }
        : { path: "unit_type", message: "A split-URL test divides devices; leave unit_type out or use device_id." },
    );
  const targets = variants.map((variant) => targetOf(variant, page));
  for (const [index, target] of targets.entries())
    if (target && target.host === page.host && target.path === page.path && target.query === "")
      errors.push({
        path: `variants.${index}.config.url`,
        message: "This is the tested page itself; leave config out to stay on the page.",
      });
  if (targets.every((target) => target === undefined)) {
    const index = variants.findIndex(({ is_control }) => !is_control);
    errors.push({
      path: `variants.${index}.config.url`,
      message: "No variant leads to another page; give one the path or http(s) URL of its own.",
    });
  }
  const [first] = errors;
  if (first) throw new Problem(422, "invalid_request", `${first.path}: ${first.message}`, { errors });
};

/**
 * Refuses with 409 `conflict` to run a split-URL test beside another that would take its visitors away: one on the same page,
 * or one on a variant's page that leads back here. Tests of one layer share no visitors, so they may.
 */
export const checkPageFree = async (d1: D1Database, experiment: Experiment): Promise<void> => {
  const page = experiment.url === null ? undefined : pageOf(experiment.url);
  if (!page) return;
  for (const other of await listCountedExperiments(d1)) {
    const place = other.environments.find((environment) => experiment.environments.includes(environment));
    const otherPage = other.url === null ? undefined : pageOf(other.url);
    if (other.id === experiment.id || other.status !== "running" || other.layer.id === experiment.layer.id) continue;
    if (place === undefined || !otherPage) continue;
    const leadsBack = other.variants.some((variant) => isTo(targetOf(variant, otherPage), page));
    const back = experiment.variants.findIndex((variant) => isTo(targetOf(variant, page), otherPage));
    const advice = `Pause or complete ${other.key} first, or make a new experiment in a layer that both share.`;
    if (overlap(page, otherPage))
      refuse("url", `The experiment ${other.key} tests this page already, running in ${place}. ${advice}`);
    if (leadsBack && back >= 0)
      refuse(
        `variants.${back}.config.url`,
        `The experiment ${other.key}, running in ${place}, leads from this page back to the tested one. ${advice}`,
      );
  }
};

const isTo = (target: Page | undefined, page: Page): boolean => target !== undefined && overlap(target, page);

const refuse = (path: string, message: string): never => {
  throw new Problem(409, "conflict", message, { errors: [{ path, message }] });
};
