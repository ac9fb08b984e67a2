import { DurableObject } from "cloudflare:workers";
import type { RulesetPointer } from "../contract/ruleset.ts";
import { blobKey, pointerKey, rulesetHash } from "./ruleset-hash.ts";

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS blob (
    hash TEXT NOT NULL, part INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (hash, part)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS version (
    version INTEGER PRIMARY KEY, environment TEXT NOT NULL, hash TEXT NOT NULL, published_at INTEGER NOT NULL,
    source_revision INTEGER NOT NULL, mirrored INTEGER NOT NULL
  );`;

/** A row holds 2 MB at most, a ruleset up to what KV takes. */
const PART_BYTES = 1_000_000;

/** How long until KV is tried again; longer than the second that KV wants between two writes to a key. */
const MIRROR_RETRY_MS = 2_000;

type VersionRow = RulesetPointer & { environment: string; source_revision: number };

/**
 * The one writer of an environment's rulesets. It owns the version, which only grows, and keeps every text it published.
 *
 * Its own storage is the authority. KV mirrors it for readers far away: the blob is there before the version is announced,
 * so that nobody reads (and KV does not cache) its absence. When KV refuses a write the version is published all the same,
 * because a kill switch must not wait for KV, and an alarm mirrors it later; until then readers get the blob from here.
 */
export class RulesetPublisher extends DurableObject<{ readonly RULES: KVNamespace }> {
  #current: VersionRow | null | undefined;
  #publishing: Promise<unknown> = Promise.resolve();

  /**
   * Makes `text` the environment's ruleset. `source_revision` is the revision of the definitions that it was compiled
   * from: a text from an older one than the last is ignored, so publishes that overtake each other never go back in time.
   * The same text as the current one gives no new version.
   */
  publish(input: {
    environment: string;
    text: string;
    source_revision: number;
  }): Promise<RulesetPointer & { published: boolean }> {
    const published = this.#publishing.then(() => this.#publish(input));
    this.#publishing = published.catch(() => undefined);
    return published;
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
  versions(limit: number): RulesetPointer[] {
    if (!this.#latest()) return [];
    return this.ctx.storage.sql
      .exec<RulesetPointer>("SELECT version, hash, published_at FROM version ORDER BY version DESC LIMIT ?", limit)
      .toArray();
  }

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

  async #publish(input: {
    environment: string;
    text: string;
    source_revision: number;
  }): Promise<RulesetPointer & { published: boolean }> {
    this.ctx.storage.sql.exec(SCHEMA);
    const hash = await rulesetHash(input.text);
    const current = this.#latest();
    if (current && input.source_revision < current.source_revision) return { ...toPointer(current), published: false };
    if (current?.hash === hash) {
      this.ctx.storage.sql.exec(
        "UPDATE version SET source_revision = ? WHERE version = ?",
        input.source_revision,
        current.version,
      );
      this.#current = undefined;
      return { ...toPointer(current), published: false };
    }

    const mirrored = await this.#mirrorBlob(input.environment, hash, input.text);
    const next: VersionRow = {
      version: (current?.version ?? 0) + 1,
      environment: input.environment,
      hash,
      published_at: Date.now(),
      source_revision: input.source_revision,
    };
    this.#store(next, input.text, mirrored);
    const announced = await this.#mirrorPointer(next);
    if (!mirrored || !announced) await this.ctx.storage.setAlarm(Date.now() + MIRROR_RETRY_MS);
    return { ...toPointer(next), published: true };
  }

  #store(row: VersionRow, text: string, mirrored: boolean): void {
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
    });
    this.#current = row;
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
      await this.env.RULES.put(blobKey(environment, hash), text);
      return true;
    } catch (error) {
      console.error({ event: "ruleset_blob_not_mirrored", environment, hash, error: String(error) });
      return false;
    }
  }

  async #mirrorPointer(row: VersionRow): Promise<boolean> {
    try {
      await this.env.RULES.put(pointerKey(row.environment), JSON.stringify(toPointer(row)));
      return true;
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
