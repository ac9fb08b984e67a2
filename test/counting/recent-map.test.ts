import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RecentMap } from "../../counting/recent-map.ts";

describe("RecentMap", () => {
  it("keeps what was used last, and never more than twice as many", () => {
    const size = 5;
    fc.assert(
      fc.property(fc.array(fc.record({ key: fc.nat(20), isRead: fc.boolean() })), (uses) => {
        const map = new RecentMap<number, string>(size);
        const used: number[] = [];
        for (const { key, isRead } of uses) {
          const found = isRead ? map.get(key) : undefined;
          if (used.slice(-size).includes(key) && isRead) expect(found).toBe(`value ${key}`);
          if (!isRead) map.set(key, `value ${key}`);
          if (isRead && found === undefined) continue;
          if (used.includes(key)) used.splice(used.indexOf(key), 1);
          used.push(key);
          expect(map.size).toBeLessThanOrEqual(2 * size);
        }
      }),
      { seed: 20_261_221 },
    );
  });
});
