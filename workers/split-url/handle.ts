import type { ExposureEvent } from "../../contract/event.ts";
import type { Loaded } from "../../durable-objects/ruleset-source.ts";
import { deviceCookie, readDeviceId } from "./device-cookie.ts";
import { withVisitorsEdge } from "../http/edge-context.ts";
import { isNavigation, isPrefetch } from "./navigation.ts";
import { type Split, type SplitTests, splitOf, testsAt } from "./split-tests.ts";

/** All that the handler asks of the outside. */
export interface Io {
  /** The tests that run now; `undefined` when nothing is known of any. */
  readonly findTests: () => Promise<Loaded<SplitTests> | undefined>;
  /** The site behind the tests. */
  readonly origin: (request: Request) => Promise<Response>;
  /** Counts an exposure behind the answer; its failure is nobody's here. */
  readonly expose: (exposure: Exposure) => void;
  readonly randomId: () => string;
  /** ms since 1970. */
  readonly now: () => number;
}

/** An exposure before it gets its id and time. */
type Exposure = Omit<ExposureEvent, "event_id" | "timestamp">;

/**
 * Answers a request to the customer's site. A navigation to the page of a running split-URL test goes to the page of the
 * visitor's variant, by a redirect where that is another one, and is counted. A prefetch of such a page is refused. Everything
 * else gets the site's own answer, and so does everything when anything here breaks.
 */
export const handle = async (request: Request, io: Io): Promise<Response> => {
  const visit = isNavigation(request) || isPrefetch(request) ? await visitOf(request, io) : undefined;
  if (!visit) return io.origin(request);
  if (visit === "unasked") return new Response(null, { status: 503, headers: { "cache-control": "no-store" } });
  const { cookie, redirect } = visit;
  if (redirect === undefined) return withCookie(await io.origin(request), cookie);
  const answer = new Response(null, { status: 302, headers: { location: redirect, "cache-control": "no-store" } });
  if (cookie !== undefined) answer.headers.append("set-cookie", cookie);
  return answer;
};

/** A visit to a tested page. */
interface Visit {
  /** What to keep the visitor's device id with; `undefined` when it is kept already. */
  readonly cookie: string | undefined;
  /** `undefined` for a visitor who stays. */
  readonly redirect: string | undefined;
}

/** `undefined` for a page without tests, and whenever anything fails. Exposes the visitor. */
const visitOf = async (request: Request, io: Io): Promise<Visit | "unasked" | undefined> => {
  try {
    const loaded = await io.findTests();
    if (!loaded) return undefined;
    const page = new URL(request.url);
    const now = io.now();
    if (testsAt(loaded.compiled, page, now).length === 0) return undefined;
    // Nobody may ever look at it, so nobody can be exposed yet. A browser that had been given a page would show it on the visit
    // without asking again, and the visitor would see a variant uncounted; an error it throws away.
    if (isPrefetch(request)) return "unasked";
    const known = readDeviceId(request);
    const deviceId = known ?? io.randomId();
    const split = splitOf(loaded.compiled, page, { deviceId, context: withVisitorsEdge({}, request), now });
    // Whoever chose a visitor's variant looks at the page, and is not analysed.
    if (split && split.assignment.reason !== "override") io.expose(exposureOf(split, deviceId, loaded.pointer.version));
    const redirect = split?.redirect;
    return {
      cookie: known === undefined ? deviceCookie(deviceId, page.protocol) : undefined,
      redirect: redirect && locationOf(redirect, page),
    };
  } catch (error) {
    // Not the query: it may hold what only the visitor should know.
    const { host, pathname } = new URL(request.url);
    console.error({ event: "split_failed", page: host + pathname, error: String(error) });
    return undefined;
  }
};

const exposureOf = ({ assignment }: Split, deviceId: string, version: number): Exposure => ({
  type: "exposure",
  units: { device_id: deviceId },
  experiment_key: assignment.experiment_key,
  variant_key: assignment.variant_key ?? "",
  config_version: version,
});

/** Relative to the site where it can be; a path that begins with `//` would be read as a host. */
const locationOf = (url: URL, page: URL): string =>
  url.origin === page.origin && !url.pathname.startsWith("//") ? url.pathname + url.search + url.hash : url.href;

/** The answer with a visitor's cookie on it, which no cache may then give to another visitor. */
const withCookie = (answer: Response, cookie: string | undefined): Response => {
  if (cookie === undefined) return answer;
  const own = new Response(answer.body, answer);
  own.headers.append("set-cookie", cookie);
  own.headers.set("cache-control", "private, no-cache");
  return own;
};
