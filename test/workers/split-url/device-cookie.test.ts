import { describe, expect, it } from "vitest";
import { deviceIdOf } from "../../../sdk/device-id.ts";
import { deviceCookie, readDeviceId } from "../../../workers/split-url/device-cookie.ts";
import { aPage } from "../../sdk/page.ts";

const requestWith = (cookie: string) => new Request("https://shop.example/", { headers: { cookie } });

describe("the device cookie", () => {
  it.each([
    ["ew_device=d-1", "d-1"],
    ["a=1; ew_device=d-1; b=2", "d-1"],
    ["not_ew_device=d-0; ew_device=d-1; ew_device=d-2", "d-1"],
    ["ew_device=", undefined],
    [`ew_device=${"x".repeat(256)}`, "x".repeat(256)],
    [`ew_device=${"x".repeat(257)}`, undefined],
    ["a=1", undefined],
  ])("is read alike by the Worker and the SDK: %s", (cookie, expected) => {
    expect(readDeviceId(requestWith(cookie))).toBe(expected);
    const { document } = aPage();
    const page = { ...aPage(), randomId: () => "new", document: document && { ...document, cookie } };
    expect(deviceIdOf(page)).toBe(expected ?? "new");
  });

  it.each(["http:", "https:"])("is written alike by the Worker and the SDK on %s", (protocol) => {
    const page = aPage({ protocol });
    const id = deviceIdOf(page);
    expect(deviceCookie(id, protocol)).toBe(`ew_device=${id}; ${page.cookies.get("ew_device")?.attributes}`);
  });

  it("is Secure on https and lasts a year", () => {
    expect(deviceCookie("d-1", "https:")).toBe("ew_device=d-1; Max-Age=31536000; Path=/; SameSite=Lax; Secure");
  });
});
