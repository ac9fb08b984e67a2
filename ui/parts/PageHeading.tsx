import { createEffect, onMount, type JSX } from "solid-js";

let firstPage = true;

/** Names the page in the tab while it is shown. */
export function PageTitle(props: { title: string }): JSX.Element {
  createEffect(() => {
    document.title = `${props.title} · Edgeworth`;
  });
  return undefined;
}

/** The one `<h1>` of a page: takes the focus when the page is come to by a link, so that it is read out. */
export function PageHeading(props: { title: string; children?: JSX.Element }): JSX.Element {
  let heading: HTMLHeadingElement | undefined;
  onMount(() => {
    if (!firstPage) heading?.focus({ preventScroll: true });
    firstPage = false;
  });
  return (
    <h1 ref={(element) => (heading = element)} tabindex="-1" class="text-xl font-bold break-words">
      <PageTitle title={props.title} />
      {props.children ?? props.title}
    </h1>
  );
}

/** Gives the focus to the page's heading, when what had it is gone. */
export const focusHeading = (): void => document.querySelector("h1")?.focus({ preventScroll: true });
