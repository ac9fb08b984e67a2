import { createSignal, onCleanup } from "solid-js";

const [signedOut, setSignedOut] = createSignal(false);
export { setSignedOut, signedOut };

const [kept, setKept] = createSignal(0);

/** Whether something on screen would be lost if another page took its place. */
export const isPageKept = (): boolean => kept() > 0;

/** Keeps the page when the session ends, for as long as the calling component is there: something may be half typed. */
export function keepPage(): void {
  setKept((count) => count + 1);
  onCleanup(() => setKept((count) => count - 1));
}
