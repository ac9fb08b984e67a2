import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { RulesetVersion } from "../../contract/ruleset-version.ts";
import type { Ruleset, RulesetPointer } from "../../contract/ruleset.ts";
import { decodeRuleset } from "../../core/decode-ruleset.ts";
import { encodeRuleset } from "../../core/encode-ruleset.ts";
import { aFlag, anExperiment } from "../core/a-ruleset.ts";
import {
  advance,
  decided,
  get,
  harness,
  here,
  nextRevision,
  order,
  publish,
  publishText,
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

const textOf = (ruleset: Ruleset): string => JSON.stringify(encodeRuleset(ruleset));

describe("the publisher", () => {
  it("numbers versions from 1 and keeps all of them", async () => {
    const texts = [rulesetOf(), rulesetOf({ shards: 2 }), rulesetOf()];
    const published = [];
    for (const text of texts) published.push(await publish(text));
    expect(published.map(({ version }) => version)).toEqual([1, 2, 3]);
    expect(published[2]?.hash).toBe(published[0]?.hash);
    const versions = await order<RulesetVersion[]>({ versionsOf: here.environment });
    expect(versions.map(({ version, hash }) => ({ version, hash }))).toEqual(
      published.map(({ version, hash }) => ({ version, hash })).toReversed(),
    );
    for (const [index, text] of texts.entries())
      expect(await order({ blobOf: { environment: here.environment, hash: published[index]?.hash } })).toEqual(
        textOf(text),
      );
  });

  it("names a ruleset by the SHA-256 of its text, and mirrors it and the pointer to KV", async () => {
    const { hash, version, published_at } = await publish(rulesetOf());
    expect(hash).toBe(sha256(textOf(rulesetOf())));
    expect(await order({ getKv: `rs:${here.environment}:${hash}` })).toBe(textOf(rulesetOf()));
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
    const [newest] = await order<RulesetVersion[]>({ versionsOf: here.environment });
    expect(newest?.hash).toBe(sha256(textOf(rulesetOf({ shards: 8 }))));
  });

  it("keeps a text of several megabytes, whatever its characters", async () => {
    const config = "ü€😀".repeat(200_000);
    const variants = anExperiment().variants.map((variant) => ({ ...variant, config }));
    const ruleset = rulesetOf({ experiments: [anExperiment({ variants })] });
    const { hash } = await publish(ruleset);
    expect(hash).toBe(sha256(textOf(ruleset)));
    expect(await order({ blobOf: { environment: here.environment, hash } })).toBe(textOf(ruleset));
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
    expect(await order({ getKv: `rs:${here.environment}:${hash}` })).toBe(textOf(rulesetOf()));
  });

  it("does not wait for KV when that hangs", async () => {
    await order({ hanging: ["MIRROR"] });
    expect(await publish(rulesetOf())).toMatchObject({ version: 1, published: true });
    await order({ hanging: [] });
    expect((await decided(get({ user_key: user }))).config_version).toBe(1);
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

/** Two rulesets that differ in their definitions. */
const good = (change: Partial<Ruleset> = {}) => rulesetOf({ experiments: [anExperiment()], ...change });
const bad = (change: Partial<Ruleset> = {}) =>
  rulesetOf({ experiments: [anExperiment({ status: "paused" })], ...change });

const rollback = (version: number) =>
  order<RulesetVersion | null>({ rollback: { environment: here.environment, version } });

/** What readers find. */
const current = async (): Promise<Ruleset> => {
  const { hash } = JSON.parse(await order<string>({ getKv: `rs:${here.environment}:pointer` })) as RulesetPointer;
  return decodeRuleset(JSON.parse(await order<string>({ getKv: `rs:${here.environment}:${hash}` })));
};

const history = async () =>
  (await order<RulesetVersion[]>({ versionsOf: here.environment })).map(({ version, rolled_back_to }) => [
    version,
    rolled_back_to,
  ]);

describe("a rollback", () => {
  it("publishes the definitions of an old version, and nothing else of it", async () => {
    await publish(good({ keys: [], enabled: false, shards: 2, generation: 1 }));
    const present = { enabled: true, shards: 4, generation: 3 };
    await publish(bad(present));
    const made = await rollback(1);
    expect(made).toMatchObject({ version: 3, rolled_back_to: 1 });
    expect(await current()).toEqual(good(present));
    expect(made?.hash).toBe(sha256(textOf(good(present))));
    expect(await history()).toEqual([
      [3, 1],
      [2, null],
      [1, null],
    ]);
  });

  it("holds while the definitions stay as they were, with newer keys and switches", async () => {
    await publish(good());
    await publish(bad());
    await rollback(1);
    // What the cron of the next minute does.
    expect(await publish(bad())).toMatchObject({ version: 3, published: false });
    expect(await publish(bad({ enabled: false, keys: [] }))).toMatchObject({ version: 4, published: true });
    expect(await current()).toEqual(good({ enabled: false, keys: [] }));
    expect(await history()).toEqual([
      [4, 1],
      [3, 1],
      [2, null],
      [1, null],
    ]);
  });

  it("ends with the first publish of other definitions", async () => {
    await publish(good());
    await publish(bad());
    await rollback(1);
    const mended = bad({ flags: [], experiments: [] });
    expect(await publish(mended)).toMatchObject({ version: 4, published: true });
    expect(await current()).toEqual(mended);
    // It is over: what was rolled away from can be published again.
    await publish(bad());
    expect(await current()).toEqual(bad());
  });

  it("holds while flags are made that are off here, and publishes them when it ends", async () => {
    await publish(good());
    await publish(bad({ flags: [aFlag({ key: "old" })] }));
    await rollback(1);
    const madeElsewhere = [
      aFlag({ key: "a", enabled: false }),
      aFlag({ key: "old" }),
      aFlag({ key: "z", enabled: false }),
    ];
    expect(await publish(bad({ flags: madeElsewhere }))).toMatchObject({ version: 3, published: false });
    expect(await publish(bad({ flags: madeElsewhere, shards: 2 }))).toMatchObject({ version: 4, published: true });
    expect(await current()).toEqual(good({ shards: 2 }));
    // Without one of them, and rolled back again in between, it is as before.
    await rollback(1);
    await publish(bad({ flags: madeElsewhere.slice(0, 2), shards: 2 }));
    expect(await current()).toEqual(good({ shards: 2 }));
    await publish(bad({ flags: madeElsewhere, experiments: [] }));
    expect(await current()).toEqual(bad({ flags: madeElsewhere, experiments: [] }));
  });

  const made = aFlag({ key: "made", enabled: false });
  it.each([
    ["such a flag is switched on", [aFlag({ key: "old" }), aFlag({ key: "made" })]],
    ["the default of a flag that there was changes", [aFlag({ key: "old", default_value: false }), made]],
    ["a flag that there was is switched off", [aFlag({ key: "old", enabled: false }), made]],
    ["a flag that there was is gone", [made]],
  ])("ends when %s", async (_, flags) => {
    await publish(good());
    await publish(bad({ flags: [aFlag({ key: "old" })] }));
    await rollback(1);
    await publish(bad({ flags: [aFlag({ key: "old" }), made] }));
    expect(await current()).toEqual(good());
    await publish(bad({ flags }));
    expect(await current()).toEqual(bad({ flags }));
    await publish(bad({ flags: [aFlag({ key: "old" }), made] }));
    expect(await current()).toEqual(bad({ flags: [aFlag({ key: "old" }), made] }));
  });

  it("ends when a flag that was off already changes", async () => {
    const off = aFlag({ key: "off", enabled: false });
    await publish(good());
    await publish(bad({ flags: [off] }));
    await rollback(1);
    await publish(bad({ flags: [{ ...off, default_value: false }] }));
    expect(await current()).toEqual(bad({ flags: [{ ...off, default_value: false }] }));
  });

  it("stands when its object was stored before flags were looked at", async () => {
    await publish(good());
    await publish(bad());
    await rollback(1);
    const storage = await harness
      .getWorker("observed-decide")
      .getDurableObjectStorage("PUBLISHER", { name: here.environment });
    await storage.exec("DROP TABLE superseded");
    await publish(bad({ shards: 2 }));
    expect(await current()).toEqual(good({ shards: 2 }));
  });

  it("can be rolled back again while it holds, to another version or to the present definitions", async () => {
    await publish(good());
    await publish(good({ experiments: [] }));
    await publish(bad());
    await rollback(1);
    expect(await rollback(2)).toMatchObject({ version: 5, rolled_back_to: 2 });
    await publish(bad());
    expect(await current()).toEqual(good({ experiments: [] }));

    expect(await rollback(3)).toMatchObject({ version: 6, rolled_back_to: 3 });
    expect(await current()).toEqual(bad());
    await publish(good());
    expect(await current()).toEqual(good());
  });

  it("keeps the revision, so that a publish from an older one is ignored", async () => {
    await publish(good(), 10);
    await publish(bad(), 20);
    await rollback(1);
    expect(await publish(rulesetOf({ experiments: [] }), 15)).toMatchObject({ version: 3, published: false });
    expect(await current()).toEqual(good());
  });

  it.each([0, 3, 99])("to version %i, which does not exist, changes nothing", async (version) => {
    await publish(good());
    await publish(bad());
    expect(await rollback(version)).toBeNull();
    expect(await history()).toEqual([
      [2, null],
      [1, null],
    ]);
  });

  it("to what this version cannot read changes nothing, and neither does one before the first publish", async () => {
    expect(await rollback(1)).toBeNull();
    await publishText('{"format": 1}');
    await publish(bad());
    expect(await rollback(1)).toBeNull();
    expect(await current()).toEqual(bad());
  });

  it("is obeyed by decide", async () => {
    await publish(good());
    await publish(bad());
    expect((await decided(get({ user_key: user }))).assignments).toEqual([]);
    await rollback(1);
    await advance(5_000);
    expect((await decided(get({ user_key: user }))).assignments).toHaveLength(1);
  });
});
