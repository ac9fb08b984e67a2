import type { RulesetKey } from "../../contract/ruleset.ts";
import { clientRuleset } from "../../core/client-ruleset.ts";
import { decodeRuleset } from "../../core/decode-ruleset.ts";
import { encodeRuleset } from "../../core/encode-ruleset.ts";
import { type Loaded, readRuleset, type RulesetBindings } from "../../durable-objects/ruleset-source.ts";
import { etagOf } from "./ofrep-etag.ts";

/** A ruleset as an SDK gets it: JSON in UTF-8. */
export interface RulesetText {
  readonly version: number;
  readonly bytes: Uint8Array;
  /** Strong, in its quotes. */
  readonly etag: string;
}

type KeyType = RulesetKey["type"];

/** The texts in an isolate's memory. */
export interface RulesetTexts {
  /** The text of a loaded version for keys of a type. Throws when the version can no longer be read. */
  textFor(
    env: RulesetBindings,
    environment: string,
    type: KeyType,
    loaded: Loaded<unknown>,
    waitUntil: (promise: Promise<unknown>) => void,
  ): Promise<RulesetText>;
}

/** Of all texts that are kept. A larger one is made for each who asks. */
const MAX_BYTES = 16_000_000;

/**
 * Texts that are made once a version and type of key, and kept while there is room: the last of each environment, those made
 * first going first. What an isolate decides by is compiled, so the stored text is read once more for it.
 */
export const createRulesetTexts = (): RulesetTexts => {
  const texts = new Map<string, RulesetText>();
  const beingMade = new Map<string, Promise<unknown>>();

  const keep = (name: string, text: RulesetText): void => {
    if ((texts.get(name)?.version ?? 0) > text.version) return;
    texts.delete(name);
    texts.set(name, text);
    let bytes = [...texts.values()].reduce((sum, each) => sum + each.bytes.byteLength, 0);
    for (const [oldest, each] of texts) {
      if (bytes <= MAX_BYTES) break;
      bytes -= each.bytes.byteLength;
      texts.delete(oldest);
    }
  };

  return {
    async textFor(env, environment, type, { pointer }, waitUntil) {
      const name = `${type} ${environment}`;
      const isThere = (text: RulesetText | undefined): text is RulesetText => text?.version === pointer.version;
      // Everyone comes at once when a version is new. Another request's work is lost if that request is; then it is done here.
      await beingMade.get(`${name} ${pointer.version}`)?.catch(() => undefined);
      const kept = texts.get(name);
      if (isThere(kept)) return kept;

      const making = makeText(env, environment, type, pointer);
      const place = `${name} ${pointer.version}`;
      beingMade.set(place, making);
      waitUntil(making.catch(() => undefined));
      try {
        const text = await making;
        keep(name, text);
        return text;
      } finally {
        if (beingMade.get(place) === making) beingMade.delete(place);
      }
    },
  };
};

/** Servers get everything but the SDK keys and the salt of unit ids. Browsers get what they may know: see `core/client-ruleset.ts`. */
const makeText = async (
  env: RulesetBindings,
  environment: string,
  type: KeyType,
  { version, hash }: Loaded<unknown>["pointer"],
): Promise<RulesetText> => {
  const stored = await readRuleset(env, environment, hash);
  const bytes = new TextEncoder().encode(
    JSON.stringify({
      version,
      ...(type === "server" ? { ...stored, keys: [], unit_id_salt: undefined } : clientText(stored)),
    }),
  );
  return { version, bytes, etag: await etagOf(bytes) };
};

const clientText = (stored: Parameters<typeof decodeRuleset>[0]): object => {
  const { remote, ...ruleset } = clientRuleset(decodeRuleset(stored));
  return { remote, ...encodeRuleset(ruleset), keys: [] };
};
