import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { resourceNames } from "../../scripts/account-resources.ts";
import { withIds } from "../../scripts/deploy-config.ts";
import { inRoot } from "../../scripts/root.ts";
import { workers } from "../../scripts/workers.ts";

const ids = { kvNamespaceId: "0123456789abcdef", databaseId: "11111111-2222-3333-4444-555555555555" };
const configurations = workers.map(({ name, config }) => ({ name, toml: readFileSync(inRoot(config), "utf8") }));

/** Every value that the text gives to a key, in order. */
const valuesOf = (toml: string, key: string): string[] =>
  [...toml.matchAll(new RegExp(`^\\s*${key}\\s*=\\s*"(.*)"`, "gm"))].map((match) => match[1] ?? "");

const withoutIds = (toml: string): string => toml.replaceAll(/^\s*(?:database_)?id\s*=.*$/gm, "");

/** The different values that all configurations together give to a key. */
const named = (key: string): string[] => [...new Set(configurations.flatMap(({ toml }) => valuesOf(toml, key)))];

describe("withIds", () => {
  it.each(configurations)("puts the account's ids into every binding of $name", ({ toml }) => {
    const deployed = withIds(toml, ids);
    expect(valuesOf(deployed, "id")).toEqual(valuesOf(toml, "id").map(() => ids.kvNamespaceId));
    expect(valuesOf(deployed, "database_id")).toEqual(valuesOf(toml, "database_id").map(() => ids.databaseId));
  });

  it("changes nothing but ids", () => {
    for (const { toml } of configurations) expect(withoutIds(withIds(toml, ids))).toBe(withoutIds(toml));
  });
});

it("creates what the configurations name, and nothing else", () => {
  expect(named("id")).toEqual([resourceNames.kvNamespace]);
  expect(named("database_name")).toEqual([resourceNames.database]);
  expect(named("bucket_name")).toEqual([resourceNames.bucket]);
  expect([...new Set([...named("queue"), ...named("dead_letter_queue")])].toSorted()).toEqual(
    resourceNames.queues.toSorted(),
  );
});
