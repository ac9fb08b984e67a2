import { createSignal, onCleanup, type Accessor } from "solid-js";

/** The time in ms since 1970, moving on every `everyMs`. */
export function createClock(everyMs: number): Accessor<number> {
  const [now, setNow] = createSignal(Date.now());
  const timer = setInterval(() => setNow(Date.now()), everyMs);
  onCleanup(() => clearInterval(timer));
  return now;
}
