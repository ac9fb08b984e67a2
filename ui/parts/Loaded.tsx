import type { UseQueryResult } from "@tanstack/solid-query";
import { Match, Show, Switch, type Accessor, type JSX } from "solid-js";
import { ErrorPanel } from "./ErrorPanel.tsx";
import { Skeleton } from "./Skeleton.tsx";

/**
 * One panel's states: skeleton, error with a way on, or its content. When a refresh fails, the content stays and the
 * error stands above it: old numbers with their time are better than none.
 */
export function Loaded<Data>(props: {
  query: UseQueryResult<Data>;
  /** Completes "… could not be loaded." */
  what: string;
  skeleton: readonly number[];
  /** Something else on the page says it when a refresh fails. */
  quiet?: boolean;
  children: (data: Accessor<Data>) => JSX.Element;
}): JSX.Element {
  const failed = () => `${props.what} could not be loaded.`;
  return (
    <Switch>
      <Match when={props.query.isPending}>
        <Skeleton heights={props.skeleton} />
      </Match>
      <Match when={props.query.isLoadingError}>
        <ErrorPanel error={props.query.error} what={failed()} retry={() => props.query.refetch()} />
      </Match>
      <Match when={props.query.data !== undefined}>
        <Show when={props.query.isRefetchError && props.quiet !== true}>
          <div class="mb-4">
            <ErrorPanel
              error={props.query.error}
              what={`${props.what} could not be refreshed; what you see is older.`}
              retry={() => props.query.refetch()}
            />
          </div>
        </Show>
        {props.children(() => props.query.data as Data)}
      </Match>
    </Switch>
  );
}
