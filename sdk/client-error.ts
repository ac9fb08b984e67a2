/** What can go wrong without the page noticing. A code never changes its meaning. */
export type ClientErrorCode =
  /** There is no key: nothing is decided and nothing is sent. Said on the console where there is no `onError`. */
  | "invalid_options"
  /** No decision could be had: `variant` answers null and `get` its fallback, or what they answered before. */
  | "decide_failed"
  /** Events could not be sent yet; they are kept and sent again. */
  | "send_failed"
  /** The server refused a whole batch, which is given up: a wrong key, most likely. */
  | "batch_refused"
  /** The server took the batch without this event. */
  | "event_rejected"
  /** An event that cannot be sent: no unit, no JSON, or more than 60 kB. */
  | "invalid_event"
  /** The queue is full: the oldest events were given up. */
  | "events_dropped";

export interface ClientError {
  readonly code: ClientErrorCode;
  readonly message: string;
  /** Events lost by this error. */
  readonly lost: number;
  readonly cause?: unknown;
}
