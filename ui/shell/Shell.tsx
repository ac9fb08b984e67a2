import { QueryClientProvider, useQuery } from "@tanstack/solid-query";
import { createEffect, createSignal, ErrorBoundary, For, onCleanup, Show, Suspense, type JSX } from "solid-js";
import type { Session } from "../../contract/session.ts";
import { signOut } from "../api/admin.ts";
import { asApiError } from "../api/api-error.ts";
import { queryClient, sessionQuery } from "../api/queries.ts";
import { isPageKept, setSignedOut, signedOut } from "../api/session-end.ts";
import { createOnline } from "../online.ts";
import { dataOr } from "../parts/data-or.ts";
import { Skeleton } from "../parts/Skeleton.tsx";
import { Link, useLocation, useNavigate } from "../router.ts";
import { BrandMark } from "./BrandMark.tsx";
import { BrokenPage } from "./BrokenPage.tsx";
import { ShortcutChoice } from "./ShortcutChoice.tsx";
import { ThemeChoice } from "./ThemeChoice.tsx";

const PAGES = [
  { href: "/experiments", label: "Experiments" },
  { href: "/flags", label: "Flags" },
  { href: "/metrics", label: "Metrics" },
  { href: "/layers", label: "Layers" },
  { href: "/events", label: "Events" },
  { href: "/api-keys", label: "API keys" },
] as const;

/** What stands around every page: navigation, who is signed in, and the way to the sign-in page when nobody is. */
export default function Shell(props: { children?: JSX.Element }): JSX.Element {
  return (
    <QueryClientProvider client={queryClient}>
      <Frame>{props.children}</Frame>
    </QueryClientProvider>
  );
}

/** Signed in again in another tab: coming back to this one is when it should be noticed. */
const lookAgain = (): void => {
  if (signedOut()) void queryClient.refetchQueries({ queryKey: sessionQuery().queryKey });
};

function Frame(props: { children?: JSX.Element }): JSX.Element {
  const navigate = useNavigate();
  const location = useLocation();
  const session = useQuery(sessionQuery);
  let menu: HTMLElement | undefined;

  createEffect(() => {
    if (signedOut() && !isPageKept()) {
      const from = location.pathname + location.search;
      queryClient.clear();
      navigate(`/sign-in?from=${encodeURIComponent(from)}`, { replace: true });
      setSignedOut(false);
    }
  });

  addEventListener("focus", lookAgain);
  onCleanup(() => removeEventListener("focus", lookAgain));

  const online = createOnline();
  const [stuck, setStuck] = createSignal<string>();
  const leave = async () => {
    try {
      await signOut();
      queryClient.clear();
      navigate("/sign-in");
    } catch (failure) {
      // A session that may still be open must not look closed.
      if (asApiError(failure).status === 401) setSignedOut(true);
      else setStuck(asApiError(failure).message);
    }
  };

  return (
    <div class="min-h-dvh lg:grid lg:grid-cols-[216px_minmax(0,1fr)]">
      <a href="#main" class="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-10">
        <span class="button">Skip to content</span>
      </a>
      <header class="flex h-12 items-center gap-3 border-b border-line bg-panel px-4 lg:hidden">
        <button type="button" class="button" popovertarget="menu">
          Menu
        </button>
        <BrandMark />
      </header>
      <nav
        ref={(element) => (menu = element)}
        id="menu"
        popover="auto"
        aria-label="Main"
        class="inset-auto top-14 left-2 m-0 w-[240px] rounded-card border border-line bg-panel p-3 text-fg lg:sticky lg:inset-auto lg:top-0 lg:flex lg:h-dvh lg:w-auto lg:flex-col lg:rounded-[0] lg:border-0 lg:border-r lg:p-4"
      >
        <div class="mb-6 hidden px-2 lg:block">
          <BrandMark />
        </div>
        <ul class="grid gap-1">
          <For each={PAGES}>
            {(page) => (
              <li>
                <Link
                  href={page.href}
                  class="flex h-8 items-center rounded-control px-2 no-underline hover:bg-panel-2"
                  activeClass="bg-panel-2 font-semibold text-fg"
                  inactiveClass="text-fg-2"
                  onClick={() => menu?.matches(":popover-open") === true && menu.hidePopover()}
                >
                  {page.label}
                </Link>
              </li>
            )}
          </For>
        </ul>
        <div class="mt-6 grid gap-3 border-t border-line pt-4 lg:mt-auto">
          <ThemeChoice />
          <ShortcutChoice />
          <Show
            when={!signedOut() && dataOr<Session | undefined>(session, undefined)}
            fallback={
              <Show when={signedOut()} fallback={<p class="h-4" />}>
                <p class="px-2 text-xs text-warn">
                  Your session has ended.{" "}
                  <a class="link" href="/sign-in" target="_blank" rel="noopener">
                    Sign in in another tab
                  </a>
                </p>
              </Show>
            }
          >
            {(who) => (
              <p class="px-2 text-xs break-words text-fg-3">
                Signed in as <span class="text-fg-2">{who().email}</span>
              </p>
            )}
          </Show>
          <button type="button" class="button" onClick={() => void leave()}>
            Sign out
          </button>
          <Show when={stuck()}>
            {(message) => (
              <p role="alert" class="px-2 text-sm text-bad">
                You are still signed in. {message()}
              </p>
            )}
          </Show>
        </div>
      </nav>
      <main id="main" class="mx-auto w-full max-w-[1248px] min-w-0 px-4 py-6 lg:px-6">
        <Show when={!online()}>
          <p role="alert" class="card mb-4 border-l-4 border-l-warn px-4 py-2">
            You are offline. What you see may be old, and nothing can be saved until you are back.
          </p>
        </Show>
        <Show when={signedOut()}>
          <p role="alert" class="card mb-4 border-l-4 border-l-warn px-4 py-2">
            Your session has ended. What you typed is still here:{" "}
            <a class="link" href="/sign-in" target="_blank" rel="noopener">
              sign in again in another tab
            </a>
            , then try again.
          </p>
        </Show>
        <ErrorBoundary fallback={(error: unknown, reset) => <BrokenPage error={error} reset={reset} />}>
          <Suspense fallback={<Skeleton heights={[28, 120, 320]} />}>{props.children}</Suspense>
        </ErrorBoundary>
      </main>
    </div>
  );
}
