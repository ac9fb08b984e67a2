import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { RulesetPointer } from "../../contract/ruleset.ts";
import { anExperiment } from "../core/a-ruleset.ts";
import {
  decided,
  get,
  harness,
  here,
  nextRevision,
  order,
  publish,
  rulesetOf,
  sha256,
  start,
  startAfresh,
  stop,
  user,
} from "../observed-decide.ts";

beforeAll(start);
beforeEach(startAfresh);
afterAll(stop);

describe("the publisher", () => {
  it("numbers versions from 1 and keeps all of them", async () => {
    const texts = [rulesetOf(), rulesetOf({ shards: 2 }), rulesetOf()];
    const published = [];
    for (const text of texts) published.push(await publish(text));
    expect(published.map(({ version }) => version)).toEqual([1, 2, 3]);
    expect(published[2]?.hash).toBe(published[0]?.hash);
    const versions = await order<RulesetPointer[]>({ versionsOf: here.environment });
    expect(versions.map(({ version, hash }) => ({ version, hash }))).toEqual(
      published.map(({ version, hash }) => ({ version, hash })).toReversed(),
    );
    for (const [index, text] of texts.entries())
      expect(await order({ blobOf: { environment: here.environment, hash: published[index]?.hash } })).toEqual(
        JSON.stringify(text),
      );
  });

  it("names a ruleset by the SHA-256 of its text, and mirrors it and the pointer to KV", async () => {
    const { hash, version, published_at } = await publish(rulesetOf());
    expect(hash).toBe(sha256(JSON.stringify(rulesetOf())));
    expect(await order({ getKv: `rs:${here.environment}:${hash}` })).toBe(JSON.stringify(rulesetOf()));
    expect(JSON.parse(await order({ getKv: `rs:${here.environment}:pointer` }))).toEqual({
      version,
      hash,
      published_at,
    });
  });

  it("gives no new version for the text that is current", async () => {
    await publish(rulesetOf());
    expect(await publish(rulesetOf())).toMatchObject({ version: 1, published: false });
  });

  it("ignores a text from an older revision than the last", async () => {
    await publish(rulesetOf(), 10);
    expect(await publish(rulesetOf({ shards: 2 }), 9)).toMatchObject({ version: 1, published: false });
    // The same text from a newer revision counts too: what was compiled before that revision is old.
    await publish(rulesetOf(), 20);
    expect(await publish(rulesetOf({ shards: 2 }), 15)).toMatchObject({ version: 1, published: false });
    expect(await publish(rulesetOf({ shards: 2 }), 20)).toMatchObject({ version: 2, published: true });
  });

  it("serialises what is published at once, and ends on the highest revision", async () => {
    const base = nextRevision();
    const shards = [3, 1, 4, 8, 5, 2, 7, 6];
    const answers = await Promise.all(shards.map((count) => publish(rulesetOf({ shards: count }), base + count)));
    const versions = answers.filter(({ published }) => published).map(({ version }) => version);
    expect(versions.toSorted((a, b) => a - b)).toEqual(versions.map((_, index) => index + 1));
    const [newest] = await order<RulesetPointer[]>({ versionsOf: here.environment });
    expect(newest?.hash).toBe(sha256(JSON.stringify(rulesetOf({ shards: 8 }))));
  });

  it("keeps a text of several megabytes, whatever its characters", async () => {
    const config = "ü€😀".repeat(200_000);
    const variants = anExperiment().variants.map((variant) => ({ ...variant, config }));
    const ruleset = rulesetOf({ experiments: [anExperiment({ variants })] });
    const { hash } = await publish(ruleset);
    expect(hash).toBe(sha256(JSON.stringify(ruleset)));
    expect(await order({ blobOf: { environment: here.environment, hash } })).toBe(JSON.stringify(ruleset));
  });

  it("publishes while KV is out of reach, and mirrors it when KV is back", async () => {
    await order({ broken: ["MIRROR"] });
    const { hash, version } = await publish(rulesetOf());
    expect(version).toBe(1);
    expect((await decided(get({ user_key: user }))).config_version).toBe(1);
    await order({ broken: [] });
    await expect
      .poll(() => order({ getKv: `rs:${here.environment}:pointer` }), { timeout: 20_000 })
      .toEqual(expect.stringContaining(hash));
    expect(await order({ getKv: `rs:${here.environment}:${hash}` })).toBe(JSON.stringify(rulesetOf()));
  });

  it("leaves nothing behind for an environment that was only asked for", async () => {
    await get({ user_key: user });
    expect(await order({ versionsOf: here.environment })).toEqual([]);
    const storage = await harness
      .getWorker("observed-decide")
      .getDurableObjectStorage("PUBLISHER", { name: here.environment });
    expect(await storage.exec("SELECT name FROM sqlite_master WHERE name IN ('blob', 'version')")).toEqual([]);
  });
});
