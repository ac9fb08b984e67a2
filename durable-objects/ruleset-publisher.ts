import { DurableObject } from "cloudflare:workers";
import type { RulesetVersion } from "../contract/ruleset-version.ts";
import type { RulesetPointer } from "../contract/ruleset.ts";
import { settledWithin } from "./deadline.ts";
import { definitionsHash, withDefinitionsOf } from "./ruleset-definitions.ts";
import { blobKey, pointerKey, rulesetHash } from "./ruleset-hash.ts";
import { type RulesetHub, rulesetHubOf } from "./ruleset-hub.ts";

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS blob (
    hash TEXT NOT NULL, part INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (hash, part)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS version (
    version INTEGER PRIMARY KEY, environment TEXT NOT NULL, hash TEXT NOT NULL, published_at INTEGER NOT NULL,
    source_revision INTEGER NOT NULL, mirrored INTEGER NOT NULL
  );
  CREATE TABLE IF NOT EXISTS rollback (version INTEGER PRIMARY KEY, rolled_back_to INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS hold (
    id INTEGER PRIMARY KEY CHECK (id = 1), rolled_back_to INTEGER NOT NULL, present_definitions TEXT NOT NULL
  );
  CREATE TABLE IF NOT EXISTS superseded (id INTEGER PRIMARY KEY CHECK (id = 1), hash TEXT NOT NULL);`;

const VERSIONS = `
  SELECT version, hash, published_at, rolled_back_to FROM version LEFT JOIN rollback USING (version)
  ORDER BY version DESC LIMIT ?`;

/** One made by an older version of this object has no superseded ruleset. */
const HOLD = `
  SELECT rolled_back_to, present_definitions, hash AS superseded FROM hold LEFT JOIN superseded USING (id)`;

/** A row holds 2 MB at most, a ruleset up to what KV takes. */
const PART_BYTES = 1_000_000;

/** How long until KV is tried again; longer than the second that KV wants between two writes to a key. */
const MIRROR_RETRY_MS = 2_000;

/** How long a publish waits for a write to KV. One that hangs is made again later, like one that failed. */
const MIRROR_DEADLINE_MS = 2_000;

type VersionRow = RulesetPointer & { readonly environment: string; readonly source_revision: number };

/**
 * A rollback that still stands: the definitions of `rolled_back_to` are published instead of those whose hash is
 * `present_definitions`, which were the environment's own when it was rolled back. `superseded` is the hash of the ruleset that
 * was current then; null when that is not known.
 */
type Hold = {
  readonly rolled_back_to: number;
  readonly present_definitions: string;
  readonly superseded: string | null;
};

/** A ruleset as the admin Worker compiled it. */
interface Source {
  readonly environment: string;
  readonly text: string;
  readonly source_revision: number;
}

/** What is to be the environment's ruleset, with the version whose definitions those are, and the rollback that then holds. */
interface Next extends Source {
  readonly rolled_back_to: number | null;
  readonly hold: Hold | null;
}

/** The outcome of a publish: what the environment is on now, and whether that is a new version. */
type Published = RulesetPointer & { readonly published: boolean };

/**
 * The one writer of an environment's rulesets. It owns the version, which only grows, and keeps every text it published.
 *
 * Its own storage is the authority. KV mirrors it for readers far away: the blob is there before the version is announced,
 * so that nobody reads (and KV does not cache) its absence. When KV refuses a write, or hangs, the version is published all
 * the same, because a kill switch must not wait for KV, and an alarm mirrors it later; until then readers get the blob from
 * here. Everyone who listens by WebSocket is told of each new version.
 */
export class RulesetPublisher extends DurableObject<{ readonly RULES: KVNamespace }> {
  #current: VersionRow | null | undefined;
  #publishing: Promise<unknown> = Promise.resolve();
  readonly #hub: RulesetHub = rulesetHubOf(this.ctx);

  /**
   * Makes `text` the environment's ruleset. `source_revision` is the revision of the definitions that it was compiled
   * from: a text from an older one than the last is ignored, so publishes that overtake each other never go back in time.
   * The same text as the current one gives no new version. While a rollback holds, its definitions take the place of the
   * text's: see {@link rollback}.
   */
  publish(source: Source): Promise<Published> {
    return this.#inTurn(() => this.#publish(source));
  }

  /**
   * Publishes the definitions of an old version as a new one, with the present SDK keys, switch and counting. `null` when
   * there is no such version, or it is too old to be read.
   *
   * It holds: until a text with other definitions than the present ones is published, these stay, and each publish only
   * brings newer keys and the like. A flag that was made since then is no other definition while it is off, and is published
   * once the rollback has ended. Rolling back again while it holds chooses other definitions; rolling back to the present
   * ones ends it.
   */
  rollback({ version }: { readonly version: number }): Promise<RulesetVersion | null> {
    return this.#inTurn(() => this.#rollback(version));
  }

  /** The current version; null before the first publish. */
  pointer(): RulesetPointer | null {
    const current = this.#latest();
    return current && toPointer(current);
  }

  /** The text of a published ruleset; null for a hash that was never published. */
  blob(hash: string): string | null {
    if (!this.#latest()) return null;
    const parts = this.ctx.storage.sql
      .exec<{ bytes: ArrayBuffer }>("SELECT bytes FROM blob WHERE hash = ? ORDER BY part", hash)
      .toArray();
    if (parts.length === 0) return null;
    const decoder = new TextDecoder();
    return parts.map(({ bytes }) => decoder.decode(bytes, { stream: true })).join("") + decoder.decode();
  }

  /** The newest versions, newest first. */
  versions(limit: number): RulesetVersion[] {
    if (!this.#latest()) return [];
    this.ctx.storage.sql.exec(SCHEMA);
    return this.ctx.storage.sql.exec<RulesetVersion>(VERSIONS, limit).toArray();
  }

  /** Joins the hub: see {@link RulesetHub}. Whoever forwards the request has checked that it may. */
  override fetch(request: Request): Response {
    return this.#hub.join(request, this.pointer());
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    this.#hub.hear(socket, message);
  }

  override webSocketClose(socket: WebSocket): void {
    this.#hub.leave(socket);
  }

  /** A connection that breaks is not worth a line in the log: its client comes back. The platform drops the socket. */
  override webSocketError(): void {}

  /** Mirrors to KV what could not be mirrored when it was published. */
  override async alarm(): Promise<void> {
    const late = this.ctx.storage.sql
      .exec<VersionRow>("SELECT * FROM version WHERE mirrored = 0 ORDER BY version DESC")
      .toArray();
    let isDone = true;
    for (const { version, environment, hash } of late) {
      const text = this.blob(hash);
      if (text !== null && (await this.#mirrorBlob(environment, hash, text)))
        this.ctx.storage.sql.exec("UPDATE version SET mirrored = 1 WHERE version = ?", version);
      else isDone = false;
    }
    const current = this.#latest();
    if (current) isDone = (await this.#mirrorPointer(current)) && isDone;
    if (!isDone) await this.ctx.storage.setAlarm(Date.now() + MIRROR_RETRY_MS);
  }

  /** One after the other, in the order of the calls. */
  #inTurn<Outcome>(work: () => Promise<Outcome>): Promise<Outcome> {
    const done = this.#publishing.then(work);
    this.#publishing = done.catch(() => undefined);
    return done;
  }

  async #publish({ environment, text, source_revision }: Source): Promise<Published> {
    this.ctx.storage.sql.exec(SCHEMA);
    const current = this.#latest();
    if (current && source_revision < current.source_revision) return { ...toPointer(current), published: false };

    const hold = this.#hold();
    const superseded = hold?.superseded ? (this.blob(hold.superseded) ?? undefined) : undefined;
    const stands = hold !== null && hold.present_definitions === (await definitionsHash(text, superseded));
    const held = stands ? this.#textOf(hold.rolled_back_to) : null;
    const kept = held === null ? undefined : withDefinitionsOf(held, text);
    return kept === undefined
      ? this.#advance({ environment, text, source_revision, rolled_back_to: null, hold: null })
      : this.#advance({ environment, text: kept, source_revision, rolled_back_to: hold?.rolled_back_to ?? null, hold });
  }

  async #rollback(version: number): Promise<RulesetVersion | null> {
    const current = this.#latest();
    if (!current) return null;
    this.ctx.storage.sql.exec(SCHEMA);
    const [old, present] = [this.#textOf(version), this.blob(current.hash)];
    if (old === null || present === null) return null;
    const text = withDefinitionsOf(old, present);
    const hold = this.#hold();
    const present_definitions = hold?.present_definitions ?? (await definitionsHash(present));
    if (text === undefined || present_definitions === undefined) return null;
    const superseded = hold ? hold.superseded : current.hash;

    const isPresent = (await definitionsHash(text)) === present_definitions;
    await this.#advance({
      environment: current.environment,
      text,
      source_revision: current.source_revision,
      rolled_back_to: version,
      hold: isPresent ? null : { rolled_back_to: version, present_definitions, superseded },
    });
    return this.versions(1)[0] ?? null;
  }

  /** Makes the text the current version, unless it is already, and the hold what holds from now on. */
  async #advance(next: Next): Promise<Published> {
    const { environment, text, source_revision } = next;
    const hash = await rulesetHash(text);
    const current = this.#latest();
    if (current?.hash === hash) {
      this.#keep({ ...current, source_revision }, next.hold);
      return { ...toPointer(current), published: false };
    }

    const mirrored = await this.#mirrorBlob(environment, hash, text);
    const version = (current?.version ?? 0) + 1;
    const row: VersionRow = { version, environment, hash, published_at: Date.now(), source_revision };
    this.#store(row, next, mirrored);
    this.#hub.announce(row);
    const announced = await this.#mirrorPointer(row);
    if (!mirrored || !announced) await this.ctx.storage.setAlarm(Date.now() + MIRROR_RETRY_MS);
    return { ...toPointer(row), published: true };
  }

  #store(row: VersionRow, { text, rolled_back_to, hold }: Next, mirrored: boolean): void {
    const { sql } = this.ctx.storage;
    const bytes = new TextEncoder().encode(text);
    this.ctx.storage.transactionSync(() => {
      for (let part = 0; part * PART_BYTES < bytes.byteLength; part++)
        sql.exec(
          "INSERT INTO blob (hash, part, bytes) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
          row.hash,
          part,
          bytes.slice(part * PART_BYTES, (part + 1) * PART_BYTES),
        );
      sql.exec(
        `INSERT INTO version (version, environment, hash, published_at, source_revision, mirrored)
         VALUES (?, ?, ?, ?, ?, ?)`,
        row.version,
        row.environment,
        row.hash,
        row.published_at,
        row.source_revision,
        mirrored ? 1 : 0,
      );
      if (rolled_back_to !== null)
        sql.exec("INSERT INTO rollback (version, rolled_back_to) VALUES (?, ?)", row.version, rolled_back_to);
      this.#keep(row, hold);
    });
  }

  /** Writes what a publish changes even when it makes no new version. */
  #keep(row: VersionRow, hold: Hold | null): void {
    const { sql } = this.ctx.storage;
    this.ctx.storage.transactionSync(() => {
      sql.exec("UPDATE version SET source_revision = ? WHERE version = ?", row.source_revision, row.version);
      sql.exec("DELETE FROM hold");
      sql.exec("DELETE FROM superseded");
      if (!hold) return;
      sql.exec(
        "INSERT INTO hold (id, rolled_back_to, present_definitions) VALUES (1, ?, ?)",
        hold.rolled_back_to,
        hold.present_definitions,
      );
      if (hold.superseded !== null) sql.exec("INSERT INTO superseded (id, hash) VALUES (1, ?)", hold.superseded);
    });
    this.#current = row;
  }

  #hold(): Hold | null {
    return this.ctx.storage.sql.exec<Hold>(HOLD).toArray()[0] ?? null;
  }

  /** The text of a version; null when there is no such version. */
  #textOf(version: number): string | null {
    const [row] = this.ctx.storage.sql
      .exec<{ hash: string }>("SELECT hash FROM version WHERE version = ?", version)
      .toArray();
    return row ? this.blob(row.hash) : null;
  }

  /** Reading never writes: asking for an environment that does not exist leaves no object behind. */
  #latest(): VersionRow | null {
    if (this.#current !== undefined) return this.#current;
    const { sql } = this.ctx.storage;
    const exists =
      sql.exec("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'version'").toArray().length > 0;
    const row = exists
      ? sql.exec<VersionRow>("SELECT * FROM version ORDER BY version DESC LIMIT 1").toArray()[0]
      : undefined;
    this.#current = row ?? null;
    return this.#current;
  }

  async #mirrorBlob(environment: string, hash: string, text: string): Promise<boolean> {
    try {
      await settledWithin(MIRROR_DEADLINE_MS, "KV", this.env.RULES.put(blobKey(environment, hash), text));
      return true;
    } catch (error) {
      console.error({ event: "ruleset_blob_not_mirrored", environment, hash, error: String(error) });
      return false;
    }
  }

  async #mirrorPointer(row: VersionRow): Promise<boolean> {
    try {
      const text = JSON.stringify(toPointer(row));
      await settledWithin(MIRROR_DEADLINE_MS, "KV", this.env.RULES.put(pointerKey(row.environment), text));
      // A publish and the alarm may write at once, and the last to end must leave the newest.
      const newest = this.#latest();
      return newest && newest.version > row.version ? await this.#mirrorPointer(newest) : true;
    } catch (error) {
      console.error({ event: "ruleset_pointer_not_mirrored", environment: row.environment, error: String(error) });
      return false;
    }
  }
}

const toPointer = ({ version, hash, published_at }: RulesetPointer): RulesetPointer => ({
  version,
  hash,
  published_at,
});
