import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { environmentOfKey, readCredential, sha256Hex } from "../../../workers/http/credentials.ts";

const requestWith = (headers: Record<string, string>): Request => new Request("http://edge.test/", { headers });

const random = "0123456789abcdefghijABCDEFGHIJxy";

describe("readCredential", () => {
  it.each([
    [{ authorization: "Bearer k1" }, "k1"],
    [{ authorization: "bearer   k1 " }, "k1"],
    [{ authorization: "ew_client_k1" }, "ew_client_k1"],
    [{ authorization: "ew_client_k1 x", "x-api-key": "k2" }, "k2"],
    [{ "x-api-key": " k2 " }, "k2"],
    [{ authorization: "Bearer k1", "x-api-key": "k2" }, "k1"],
    [{ authorization: "Basic k1", "x-api-key": "k2" }, "k2"],
    [{ authorization: "Basic k1" }, undefined],
    [{ authorization: "Bearer" }, undefined],
    [{ authorization: "Bearer a b" }, undefined],
    [{ "x-api-key": "" }, undefined],
    [{}, undefined],
  ])("of %o is %s", (headers: Record<string, string>, key) => {
    expect(readCredential(requestWith(headers))).toBe(key);
  });
});

describe("environmentOfKey", () => {
  it.each([
    [`ew_client_production_${random}`, "production"],
    [`ew_server_eu-staging-2_${random}`, "eu-staging-2"],
    [`ew_admin_${random}`, undefined],
    [`ew_client_production_${random}x`, undefined],
    [`ew_client_pro_duction_${random}`, undefined],
    [`ew_client__${random}`, undefined],
    [`ew_client_Production_${random}`, undefined],
    [`ew_client_production_${random.slice(1)}-`, undefined],
    ["", undefined],
  ])("of %s is %s", (key, environment) => {
    expect(environmentOfKey(key)).toBe(environment);
  });
});

it("sha256Hex agrees with node:crypto", async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "binary" }), async (text) => {
      expect(await sha256Hex(text)).toBe(createHash("sha256").update(text, "utf8").digest("hex"));
    }),
    { seed: 10 },
  );
});
