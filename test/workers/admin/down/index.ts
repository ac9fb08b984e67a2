/** A neighbour that is down: calling it is an error of the runtime, as it would be in an outage. */
export class RulesetPublisher {
  fetch(): Response {
    return new Response("down", { status: 503 });
  }
}

export class UnitShard extends RulesetPublisher {}

export class Replay extends RulesetPublisher {}

export class EventTail extends RulesetPublisher {}

const down = (): Response => new Response("down", { status: 503 });

export const DeadLetters = { fetch: down };

export default { fetch: down };
