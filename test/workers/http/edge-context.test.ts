import type { Context } from "../../../contract/decision.ts";
import { describe, expect, it } from "vitest";
import { withServersEdge, withVisitorsCountry, withVisitorsEdge } from "../../../workers/http/edge-context.ts";

const agent = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0";

const aRequest = (cf: Record<string, unknown> | undefined, headers: Record<string, string> = {}): Request =>
  Object.defineProperty(new Request("https://edge.test/", { headers }), "cf", { value: cf });

const vienna = {
  country: "AT",
  regionCode: "9",
  region: "Vienna",
  city: "Vienna",
  continent: "EU",
  timezone: "Europe/Vienna",
  colo: "VIE",
  asn: 1_853,
};

describe("what the edge knows", () => {
  it("of a visitor is where he is, and what his browser says", () => {
    const request = aRequest(vienna, { "user-agent": agent, "accept-language": "de-AT,de;q=0.9,en;q=0.8" });
    expect(withVisitorsEdge({ plan: "pro" }, request)).toEqual({
      plan: "pro",
      country: "AT",
      "edge.country": "AT",
      "edge.region": "9",
      "edge.city": "Vienna",
      "edge.continent": "EU",
      "edge.timezone": "Europe/Vienna",
      "edge.colo": "VIE",
      "edge.asn": 1_853,
      "edge.device": "desktop",
      "edge.browser": "firefox",
      "edge.os": "linux",
      "edge.language": "de",
      "edge.is_bot": false,
    });
  });

  it("of a visitor cannot be sent by him", () => {
    const sent = { edge: { colo: "LHR" }, "edge.country": "US", "edge.made_up": 1, country: "DE" };
    expect(withVisitorsEdge(sent, aRequest({ country: "AT" }))).toEqual({ country: "DE", "edge.country": "AT" });
  });

  it("of a server is where it is, unless it says otherwise, and nothing of a browser", () => {
    const request = aRequest({ country: "US", colo: "IAD" }, { "user-agent": "node", "accept-language": "en" });
    expect(withServersEdge({ "edge.country": "AT", country: "AT" }, request)).toEqual({
      country: "AT",
      "edge.country": "AT",
      "edge.colo": "IAD",
    });
  });

  it("of a server gives way to what it says in an object, too", () => {
    const sent = { edge: { country: "AT", os: "ios" } };
    expect(withServersEdge(sent, aRequest({ country: "US", colo: "IAD" }))).toEqual({ ...sent, "edge.colo": "IAD" });
  });

  it("is nothing where there is no edge and the request says nothing", () => {
    expect(withVisitorsEdge({ a: 1 }, aRequest(undefined))).toEqual({ a: 1 });
  });

  it.each([
    [{ verifiedBot: true, score: 99 }, agent, true],
    [{ verifiedBot: false, score: 1 }, agent, true],
    [{ verifiedBot: false, score: 29 }, agent, true],
    [{ verifiedBot: false, score: 30 }, agent, false],
    [{ verifiedBot: false, score: 0 }, agent, false],
    [{ verifiedBot: false, score: 99 }, "curl/8.5.0", true],
    [undefined, "curl/8.5.0", true],
  ])("of a visitor with Bot Management %o and the user agent %s: is_bot is %s", (botManagement, userAgent, isBot) => {
    const request = aRequest({ botManagement }, { "user-agent": userAgent });
    expect(withVisitorsEdge({}, request)["edge.is_bot"]).toBe(isBot);
  });

  it.each([
    ["de-AT,de;q=0.9", "de"],
    ["EN", "en"],
    ["fil-PH", "fil"],
    ["*", undefined],
    ["english", undefined],
  ])("of a visitor who accepts %s: the language is %s", (accepted, language) => {
    expect(withVisitorsEdge({}, aRequest(undefined, { "accept-language": accepted }))["edge.language"]).toBe(language);
  });
});

describe("withVisitorsCountry", () => {
  it.each<Context>([{}, { country: "DE" }, { country: null }, { a: 1 }])(
    "agrees with all of the edge on the country of %o",
    (sent) => {
      for (const cf of [{ country: "AT" }, {}, undefined])
        expect(withVisitorsCountry(sent, aRequest(cf)).country).toBe(withVisitorsEdge(sent, aRequest(cf)).country);
    },
  );
});
