import { describe, expect, it } from "vitest";
import { redirectUrl } from "../../../workers/split-url/target-url.ts";

const redirect = (page: string, target: string): string | undefined =>
  redirectUrl(new URL(page, "https://shop.example"), target)?.href.replace("https://shop.example", "");

describe("redirectUrl", () => {
  it.each([
    ["/landing", "/landing-b", "/landing-b"],
    ["/landing?utm_source=mail&x=1", "/landing-b", "/landing-b?utm_source=mail&x=1"],
    ["/landing?utm_source=mail", "/landing-b?v=2", "/landing-b?utm_source=mail&v=2"],
    ["/landing", "/landing-b?v=2", "/landing-b?v=2"],
    ["/landing", "https://other.example/b?v=2#top", "https://other.example/b?v=2#top"],
    ["/landing?a=1", "https://other.example/b", "https://other.example/b?a=1"],
  ])("sends %s with target %s to %s", (page, target, expected) => {
    expect(redirect(page, target)).toBe(expected);
  });

  it("keeps the visitor's parameters as they were spelt", () => {
    expect(redirect("/landing?flag&q=a%20b+c&empty=&q=%C3%A9", "/b?v=1")).toBe("/b?flag&q=a%20b+c&empty=&q=%C3%A9&v=1");
  });

  it("gives the target's parameter the place of the visitor's", () => {
    expect(redirect("/landing?v=old&%76=older&w=1", "/b?v=new")).toBe("/b?w=1&v=new");
  });

  it.each([
    ["/landing", "/landing"],
    ["/landing/", "/landing"],
    ["/landing", "/landing/"],
    ["/landing?a=1", "/landing"],
    ["/landing?v=2&a=1", "/landing?v=2"],
    ["/landing", "https://shop.example/landing"],
    ["/", "/"],
  ])("lets a visitor of %s stay when the target is %s", (page, target) => {
    expect(redirect(page, target)).toBeUndefined();
  });

  it("leads to a page that it does not lead away from again", () => {
    const first = redirect("/landing?v=1&a=1", "/landing?v=2");
    expect(first).toBe("/landing?a=1&v=2");
    expect(redirect(first ?? "", "/landing?v=2")).toBeUndefined();
  });
});
