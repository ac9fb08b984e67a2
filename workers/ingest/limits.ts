/** The most that one event may be, in bytes of JSON. */
export const MAX_EVENT_BYTES = 32_000;
/** How deep an event's arrays and objects may lie in one another: what reads JSON recurs, and so does what writes it. */
export const MAX_NESTING = 32;
