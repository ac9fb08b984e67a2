import { scryptSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { hashPassword, isPassword } from "../../../workers/admin/password.ts";

describe("a password", () => {
  it("is known again, and only it", async () => {
    const hash = await hashPassword("correct horse");
    expect(await isPassword("correct horse", hash)).toBe(true);
    expect(await isPassword("correct horsE", hash)).toBe(false);
  });

  it("has another hash each time", async () => {
    expect(await hashPassword("same")).not.toBe(await hashPassword("same"));
  });

  it("is stored as scrypt with N = 2^14, r = 8, p = 5", async () => {
    const [scheme, salt = "", key] = (await hashPassword("correct horse")).split("$");
    const options = { N: 16_384, r: 8, p: 5, maxmem: 64 * 1024 * 1024 };
    const expected = scryptSync("correct horse", Buffer.from(salt, "base64"), 32, options).toString("base64");
    expect([scheme, key]).toEqual(["scrypt", expected]);
  });

  it("of nobody is never right", async () => {
    expect(await isPassword("", undefined)).toBe(false);
  });
});
