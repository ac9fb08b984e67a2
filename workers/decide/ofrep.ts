import { type EvaluateInput, evaluateFlag, evaluateFlags } from "../../core/evaluate.ts";
import { withServersEdge, withVisitorsEdge } from "../http/edge-context.ts";
import { type Caller, invalidCredentials } from "./authenticate.ts";
import { createBudget } from "./budget.ts";
import { ofrepHeaders, ofrepPreflight } from "./ofrep-cors.ts";
import { OfrepError, refusalOf, refusalResponse } from "./ofrep-error.ts";
import { etagOf, isNamedIn } from "./ofrep-etag.ts";
import { type Origin, evaluationOf, itemText } from "./ofrep-evaluation.ts";
import { hasHeardOfNewer } from "./ofrep-news.ts";
import { type Asked, type OfrepInput, askedFor, readInput } from "./ofrep-request.ts";
import type { Route, Services } from "./route.ts";
import { streamPath } from "./stream-token.ts";

type Known = NonNullable<Caller["known"]>;

/**
 * `POST /ofrep/v1/evaluate/flags/<key>` and `POST /ofrep/v1/evaluate/flags`: the OpenFeature Remote Evaluation Protocol
 * 0.3, whose path says v1. The key is the environment's, so one host serves all of them, at its root: some clients drop the
 * path of their base URL.
 *
 * Every refusal is a 4xx in OFREP's own shape. When there is no ruleset to be had, clients are left to their defaults and to
 * what they hold: see {@link nothingKnown}.
 */
export const answerOfrep: Route = async (request, { pathname, query }, services) => {
  const { env, waitUntil, authenticate, now } = services;
  let asked: Asked = { kind: "nothing" };
  try {
    asked = askedFor(pathname);
    if (request.method === "OPTIONS") return ofrepPreflight(request);
    // Not 404, which every client takes for an unknown flag.
    if (asked.kind === "nothing") throw new OfrepError(400, "GENERAL", `There is nothing at ${pathname}.`);
    if (request.method !== "POST")
      throw new OfrepError(405, "GENERAL", "Use POST.", { headers: { allow: "POST, OPTIONS" } });
    const { environment, known } = await authenticate(request, env, waitUntil);
    const sent = await readInput(request);
    if (!known) return nothingKnown(asked, request);
    if (asked.kind === "single")
      return answerSingle(asked.key, environment, known, inputOf(sent, known, request, now()));
    const newest = hasHeardOfNewer(query, known.loaded.pointer) ? await refreshed(environment, known, services) : known;
    return await answerBulk(environment, newest, inputOf(sent, newest, request, now()), request);
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal) return refusalResponse(asked.kind === "single" ? asked.key : undefined, refusal);
    console.error({ event: "ofrep_failed", error: error instanceof Error ? error.stack : String(error) });
    return nothingKnown(asked, request);
  }
};

/** Anybody can say that he has heard of something newer, so only so often is the publisher asked. */
const mayRefresh = createBudget(100, 10_000, Date.now);

/** The key with the newest ruleset there is: what is in memory would be told as unchanged to a client that knows better. */
const refreshed = async (environment: string, known: Known, { env, source }: Services): Promise<Known> => {
  if (!mayRefresh()) return known;
  const { loaded } = await source.refresh(env, environment);
  if (!loaded) return known;
  const key = loaded.compiled.keys.get(known.key.hash);
  if (!key) throw invalidCredentials("This SDK key was revoked.");
  return { loaded, key };
};

const inputOf = ({ units, context }: OfrepInput, known: Known, request: Request, now: number): EvaluateInput => {
  const isClient = known.key.type === "client";
  const withEdge = isClient ? withVisitorsEdge : withServersEdge;
  return {
    units,
    context: known.loaded.compiled.usesEdge ? withEdge(context, request) : context,
    now,
    isClient,
  };
};

const answerSingle = (key: string, environment: string, { loaded }: Known, input: EvaluateInput): Response => {
  const { compiled, pointer } = loaded;
  const origin: Origin = { environment, version: pointer.version, isStrict: false };
  const evaluation = evaluationOf(key, compiled.flag(key), evaluateFlag(compiled, key, input), origin);
  if (evaluation.kind === "success") return jsonResponse(evaluation.text);
  const status = evaluation.code === "FLAG_NOT_FOUND" ? 404 : 400;
  return refusalResponse(key, new OfrepError(status, evaluation.code, evaluation.details));
};

/** All flags that the key may know. What is beside `flags` is only for keys whose clients can read it. */
const answerBulk = async (
  environment: string,
  { loaded, key }: Known,
  input: EvaluateInput,
  request: Request,
): Promise<Response> => {
  const { compiled, pointer } = loaded;
  const hasExtras = key.ofrep_extras === true;
  const origin: Origin = { environment, version: pointer.version, isStrict: !hasExtras };
  const items = Object.entries(evaluateFlags(compiled, input)).map(([flagKey, decision]) =>
    itemText(flagKey, evaluationOf(flagKey, compiled.flag(flagKey), decision, origin)),
  );
  const fields = [`"flags":[${items.join(",")}]`];
  if (hasExtras) fields.push(await extrasText(environment, { loaded, key }, input.now, request));
  const body = new TextEncoder().encode(`{${fields.join(",")}}`);
  const etag = await etagOf(body);
  if (isNamedIn(request.headers.get("if-none-match"), etag))
    return new Response(null, { status: 304, headers: { ...ofrepHeaders, etag } });
  return jsonResponse(body, { etag });
};

/** The flag set, and where to hear of its next version. The URL is the same for minutes, or no tag would ever match. */
const extrasText = async (
  environment: string,
  { loaded: { pointer }, key }: Known,
  now: number,
  request: Request,
): Promise<string> => {
  const metadata = { flagSetId: environment, version: String(pointer.version) };
  const url = new URL(await streamPath(key, environment, pointer.version, now), request.url).href;
  return `"metadata":${JSON.stringify(metadata)},"eventStreams":${JSON.stringify([{ type: "sse", url }])}`;
};

/**
 * What is answered while nothing is known. A single flag has no value, which leaves it to the default in the caller's code
 * in every client; an error would make some serve the zero of the type. A client that names what it holds is told to keep
 * it; one that holds nothing gets no flags, starts up all the same, and asks again without a tag.
 */
const nothingKnown = (asked: Asked, request: Request): Response => {
  if (asked.kind === "single")
    return jsonResponse(JSON.stringify({ key: asked.key, reason: "ERROR", variant: "default" }));
  const held = request.headers.get("if-none-match");
  return held === null ? jsonResponse('{"flags":[]}') : new Response(null, { status: 304, headers: ofrepHeaders });
};

const jsonResponse = (body: string | Uint8Array, headers: Readonly<Record<string, string>> = {}): Response =>
  new Response(body, { headers: { ...ofrepHeaders, ...headers, "content-type": "application/json" } });
