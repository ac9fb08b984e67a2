import { createEffect, on, type JSX } from "solid-js";
import { ApiError } from "../api/api-error.ts";
import { ErrorPanel } from "../parts/ErrorPanel.tsx";
import { PageHeading } from "../parts/PageHeading.tsx";
import { useLocation } from "../router.ts";

/**
 * What stands in place of a page whose code threw or could not be fetched, as happens to a tab that was opened before a
 * deploy: loading anew fetches the new code. Never by itself, because of what may be half typed. Going elsewhere ends it.
 */
export function BrokenPage(props: { error: unknown; reset: () => void }): JSX.Element {
  const place = useLocation();
  createEffect(on(() => place.pathname, props.reset, { defer: true }));
  const error = () =>
    props.error instanceof ApiError
      ? props.error
      : new ApiError(String(props.error), { status: 0, code: "unexpected" }, { cause: props.error });
  return (
    <div class="grid gap-4">
      <PageHeading title="This page broke" />
      <ErrorPanel
        error={error()}
        what="It could not be shown. Load it anew; the rest of the dashboard still works."
        retry={() => location.reload()}
      />
    </div>
  );
}
