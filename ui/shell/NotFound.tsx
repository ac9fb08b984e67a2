import type { JSX } from "solid-js";
import { PageHeading } from "../parts/PageHeading.tsx";
import { Link } from "../router.ts";

export default function NotFound(): JSX.Element {
  return (
    <div class="grid justify-items-start gap-4">
      <PageHeading title="Page not found" />
      <p class="text-fg-2">There is no page at this address. The link may be old, or mistyped.</p>
      <Link class="button" href="/experiments">
        Go to experiments
      </Link>
    </div>
  );
}
