import { createSignal, Show, type JSX } from "solid-js";
import { signIn } from "../api/admin.ts";
import { queryClient, sessionQuery } from "../api/queries.ts";
import { setSignedOut } from "../api/session-end.ts";
import { ErrorSummary } from "../parts/ErrorSummary.tsx";
import { Field } from "../parts/Field.tsx";
import { PageHeading } from "../parts/PageHeading.tsx";
import { createSubmission } from "../parts/submission.ts";
import { useNavigate, useSearchParams } from "../router.ts";
import { BrandMark } from "../shell/BrandMark.tsx";
import { returnPath } from "./return-path.ts";

const FIELDS = ["email", "password"] as const;

export default function SignIn(): JSX.Element {
  const navigate = useNavigate();
  const [search] = useSearchParams();
  const [email, setEmail] = createSignal("");
  const [password, setPassword] = createSignal("");
  const form = createSubmission(
    () => FIELDS,
    async () => {
      const session = await signIn(email().trim(), password());
      // Answers of 401 may have come in after the page that asked was left; they must not lead back here.
      setSignedOut(false);
      queryClient.setQueryData(sessionQuery().queryKey, session);
      navigate(returnPath(search.from), { replace: true });
    },
  );

  return (
    <main class="mx-auto grid min-h-dvh w-full max-w-[400px] content-center gap-6 px-4 py-8">
      <BrandMark />
      <div class="card grid gap-4 p-6">
        <PageHeading title="Sign in" />
        <ErrorSummary error={form.error()} fields={FIELDS} attempt={form.attempt()} />
        <form class="grid gap-4" onSubmit={form.submit}>
          <Field field="email" label="Email" error={form.mistake("email")}>
            {(control) => (
              <input
                {...control}
                class="control"
                type="email"
                name="email"
                autocomplete="username"
                required
                onInput={(event) => setEmail(event.currentTarget.value)}
              />
            )}
          </Field>
          <Field field="password" label="Password" error={form.mistake("password")}>
            {(control) => (
              <input
                {...control}
                class="control"
                type="password"
                name="password"
                autocomplete="current-password"
                required
                onInput={(event) => setPassword(event.currentTarget.value)}
              />
            )}
          </Field>
          <button type="submit" class="button button-primary" disabled={form.busy()}>
            <Show when={form.busy()} fallback="Sign in">
              Signing in…
            </Show>
          </button>
        </form>
      </div>
      <p class="text-sm text-fg-2">
        First time here? On your own machine <code class="font-mono">npm start</code> makes the first administrator and
        prints how to sign in. On Cloudflare it is made once with the <code class="font-mono">SETUP_TOKEN</code>: the
        README says how.
      </p>
    </main>
  );
}
