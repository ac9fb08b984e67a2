import { createSignal, onCleanup, type Accessor } from "solid-js";

/** The width of an element in pixels as it changes, so that charts are drawn at their real size and text never scales. */
export function createElementWidth(): { width: Accessor<number>; observe: (element: Element) => void } {
  const [width, setWidth] = createSignal(0);
  const observer = new ResizeObserver((entries) => {
    for (const entry of entries) setWidth(Math.floor(entry.contentRect.width));
  });
  onCleanup(() => observer.disconnect());
  return { width, observe: (element) => observer.observe(element) };
}
