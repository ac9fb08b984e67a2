import { describe, expect, it } from "vitest";
import { deviceIdOf } from "../../sdk/device-id.ts";
import { browser } from "../../sdk/platform.ts";
import { aPage } from "./page.ts";

describe("deviceIdOf", () => {
  it("keeps a new id in a first-party cookie for a year", () => {
    const page = aPage();
    const id = deviceIdOf(page);
    expect(page.cookies.get("ew_device")).toEqual({
      value: id,
      attributes: "Max-Age=31536000; Path=/; SameSite=Lax",
    });
    expect(deviceIdOf(page)).toBe(id);
  });

  it("marks the cookie Secure on https", () => {
    const page = aPage({ protocol: "https:" });
    deviceIdOf(page);
    expect(page.cookies.get("ew_device")?.attributes).toBe("Max-Age=31536000; Path=/; SameSite=Lax; Secure");
  });

  it("takes an id from the cookie among others and leaves that cookie as the server set it", () => {
    const page = aPage({ cookie: "other_ew_device=no; a=b; ew_device=d-1; c=d" });
    expect(deviceIdOf(page)).toBe("d-1");
    expect(page.cookies.get("ew_device")?.attributes).toBe("");
  });

  it("makes a new id where the cookie is empty or longer than a unit may be", () => {
    expect(deviceIdOf(aPage({ cookie: "ew_device=" }))).toBe("id-1");
    expect(deviceIdOf(aPage({ cookie: `ew_device=${"x".repeat(257)}` }))).toBe("id-1");
  });

  it("lives in memory where cookies may not be touched, and where there are none", () => {
    const sandboxed = {
      ...aPage(),
      document: {
        get cookie(): string {
          throw new DOMException("sandboxed", "SecurityError");
        },
        set cookie(_: string) {
          throw new DOMException("sandboxed", "SecurityError");
        },
        visibilityState: "visible",
        location: null,
        addEventListener: () => undefined,
        removeEventListener: () => undefined,
      },
    };
    expect(deviceIdOf(sandboxed)).toBe("id-1");
    expect(deviceIdOf(browser)).toMatch(/^[0-9a-f-]{36}$/);
  });
});
