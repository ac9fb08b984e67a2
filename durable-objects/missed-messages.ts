import type { MissedMessage } from "./shard-change.ts";

/** Messages that were said to be sent and have not come, by taking; those of one message are found by its id. */
export class MissedMessages extends Map<string, MissedMessage> {
  readonly #byId = new Map<string, Set<string>>();

  override set(taking: string, message: MissedMessage): this {
    const id = idIn(taking);
    const takings = this.#byId.get(id);
    if (takings) takings.add(taking);
    else this.#byId.set(id, new Set([taking]));
    return super.set(taking, message);
  }

  override delete(taking: string): boolean {
    const id = idIn(taking);
    const takings = this.#byId.get(id);
    takings?.delete(taking);
    if (takings?.size === 0) this.#byId.delete(id);
    return super.delete(taking);
  }

  /** Every taking of the message that is missed. */
  takingsOf(id: string): readonly MissedMessage[] {
    return [...(this.#byId.get(id) ?? [])].flatMap((taking) => this.get(taking) ?? []);
  }
}

/** A taking's text begins with the message's id, see taking.ts. */
const idIn = (taking: string): string => taking.slice(0, taking.indexOf(":"));
