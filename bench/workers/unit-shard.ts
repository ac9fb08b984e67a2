import type { RulesetBindings } from "../../durable-objects/ruleset-source.ts";
import { encodeRuleset } from "../../core/encode-ruleset.ts";
import { messageText } from "../../counting/message-text.ts";
import { rulesetHash } from "../../durable-objects/ruleset-hash.ts";
import { UnitShard } from "../../durable-objects/unit-shard.ts";
import { aVisit, digits, ruleset, unitId } from "../harness/some-messages.ts";

const text = JSON.stringify(encodeRuleset(ruleset));
const pointer = async () => ({ version: 1, hash: await rulesetHash(text), published_at: 0 });

/** A publisher and a KV of one ruleset: reading it is not what is measured. */
const bindings = {
  RULES: { get: () => Promise.resolve(text) },
  PUBLISHER: { getByName: () => ({ pointer, blob: () => Promise.resolve(text) }) },
} as unknown as RulesetBindings;

const ROWS = 5_000;

/** The real shard, with a way to have very many units soon. */
export class BenchShard extends UnitShard {
  constructor(ctx: DurableObjectState) {
    super(ctx, bindings);
  }

  /** Gives the units of these numbers the state of unit 0. */
  multiply(from: number, count: number): void {
    const { sql } = this.ctx.storage;
    const key = unitId(0).replaceAll("-", "");
    const [like] = sql
      .exec<{ unit_type: number; state: ArrayBuffer }>(
        "SELECT unit_type, state FROM unit_state WHERE unit = unhex(?)",
        key,
      )
      .toArray();
    if (!like) throw new Error("There is no unit 0.");
    for (let first = from; first < from + count; first += ROWS) {
      const keys = Array.from({ length: Math.min(ROWS, from + count - first) }, (_, index) =>
        digits(`unit ${first + index}`),
      );
      sql.exec(
        "INSERT INTO unit_state (unit_type, unit, state) SELECT ?1, unhex(value), ?2 FROM json_each(?3)",
        like.unit_type,
        like.state,
        JSON.stringify(keys),
      );
    }
  }
}

interface Order {
  /** Makes so many units, with one visit of 8 events each. */
  readonly fill?: { readonly from: number; readonly count: number };
  /** Makes the texts of visits of these units, for calls of so many messages. */
  readonly prepare?: {
    readonly units: readonly number[];
    readonly visit: number;
    readonly events: number;
    readonly perCall: number;
  };
}

let calls: string[][] = [];

const obey = async ({ fill, prepare }: Order, shard: DurableObjectStub<BenchShard>): Promise<unknown> => {
  if (fill) {
    if (fill.from === 0) await shard.apply([messageText(aVisit(0, 0, 8))]);
    await shard.multiply(Math.max(1, fill.from), fill.from === 0 ? fill.count - 1 : fill.count);
    return shard.size();
  }
  if (prepare) {
    const texts = prepare.units.map((unit) => messageText(aVisit(unit, prepare.visit, prepare.events)));
    calls = Array.from({ length: Math.ceil(texts.length / prepare.perCall) }, (_, call) =>
      texts.slice(call * prepare.perCall, (call + 1) * prepare.perCall),
    );
    return calls.length;
  }
  const applied = calls.map(async (call) => (await shard.apply(call)).filter(({ outcome }) => outcome === "applied"));
  const messages = (await Promise.all(applied)).flat().length;
  return { messages, ...(await shard.size()), ledger: await shard.ledger() };
};

export default {
  async fetch(request, env) {
    return Response.json(await obey(await request.json(), env.SHARD.getByName("bench:1:0")));
  },
} satisfies ExportedHandler<{ readonly SHARD: DurableObjectNamespace<BenchShard> }>;
