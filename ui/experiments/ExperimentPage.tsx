import { useQuery } from "@tanstack/solid-query";
import { createSignal, For, Show, Suspense, type JSX } from "solid-js";
import type { Experiment } from "../../contract/experiment.ts";
import { setStatus } from "../api/admin.ts";
import { asApiError } from "../api/api-error.ts";
import { experimentQuery, queryClient } from "../api/queries.ts";
import { createClock } from "../clock.ts";
import { CopyButton } from "../parts/CopyButton.tsx";
import { Dialog } from "../parts/Dialog.tsx";
import { ErrorPanel } from "../parts/ErrorPanel.tsx";
import { Loaded } from "../parts/Loaded.tsx";
import { PageHeading } from "../parts/PageHeading.tsx";
import { Pill } from "../parts/Pill.tsx";
import { Skeleton } from "../parts/Skeleton.tsx";
import { Link, useLocation, useParams } from "../router.ts";
import { ExperimentContext } from "./experiment-context.ts";
import { STATUS_ACTIONS, STATUS_TONE, statusDetail, type StatusAction } from "./status.ts";

/** What every tab of an experiment shares: its name, state and actions. */
export default function ExperimentPage(props: { children?: JSX.Element }): JSX.Element {
  const params = useParams();
  const key = () => params.key ?? "";
  const experiment = useQuery(() => experimentQuery(key()));
  const name = () => (experiment.isSuccess ? experiment.data?.name : undefined) ?? key();
  return (
    <>
      <nav aria-label="Breadcrumb" class="mb-3 text-sm text-fg-2">
        <Link href="/experiments" class="hover:underline">
          Experiments
        </Link>{" "}
        <span aria-hidden="true">/</span> {name()}
      </nav>
      <Show when={!experiment.isSuccess}>
        <div class="mb-4">
          <PageHeading title={key()} />
        </div>
      </Show>
      <Loaded query={experiment} what="This experiment" skeleton={[20, 32, 136, 380]}>
        {(data) => (
          <ExperimentContext.Provider value={data}>
            <ExperimentHeader experiment={data()} />
            <Tabs key={data().key} />
            <Suspense fallback={<Skeleton heights={[136, 380]} />}>{props.children}</Suspense>
          </ExperimentContext.Provider>
        )}
      </Loaded>
    </>
  );
}

function ExperimentHeader(props: { experiment: Experiment }): JSX.Element {
  const now = createClock(60_000);
  const [asked, setAsked] = createSignal<StatusAction>();
  return (
    <header class="mb-4 flex flex-wrap items-start justify-between gap-x-6 gap-y-3 sm:flex-nowrap">
      <div class="min-w-0 flex-1 basis-[260px]">
        <div class="flex flex-wrap items-center gap-x-3 gap-y-1">
          <PageHeading title={props.experiment.name} />
          <span class="inline-flex items-center gap-2 text-sm text-fg-3">
            <code class="font-mono break-all">{props.experiment.key}</code>
            <CopyButton text={props.experiment.key} label="the key" />
          </span>
        </div>
        <Show when={props.experiment.hypothesis !== ""}>
          <p class="mt-1 max-w-[85ch] break-words text-fg-2">{props.experiment.hypothesis}</p>
        </Show>
      </div>
      <div class="flex flex-wrap items-center gap-3 sm:flex-nowrap">
        <Pill tone={STATUS_TONE[props.experiment.status]} sign="●" round>
          {statusDetail(props.experiment, now())}
        </Pill>
        <Show when={props.experiment.status === "draft"}>
          <Link class="button" href={`/experiments/${props.experiment.key}/edit`}>
            Edit
          </Link>
        </Show>
        <For each={STATUS_ACTIONS[props.experiment.status]}>
          {(action) => (
            <button
              type="button"
              class="button"
              classList={{ "button-primary": action.kind === "primary" }}
              onClick={() => setAsked(action)}
            >
              {action.label}
            </button>
          )}
        </For>
      </div>
      <Dialog open={asked() !== undefined} title={asked()?.question ?? ""} onClose={() => setAsked(undefined)}>
        <Show when={asked()}>
          {(action) => (
            <ConfirmStatus experiment={props.experiment} action={action()} onDone={() => setAsked(undefined)} />
          )}
        </Show>
      </Dialog>
    </header>
  );
}

function ConfirmStatus(props: { experiment: Experiment; action: StatusAction; onDone: () => void }): JSX.Element {
  const [error, setError] = createSignal<unknown>();
  const [busy, setBusy] = createSignal(false);
  const confirm = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const changed = await setStatus(props.experiment, props.action.to);
      queryClient.setQueryData(experimentQuery(changed.key).queryKey, changed);
      void queryClient.invalidateQueries({ queryKey: ["experiments"] });
      void queryClient.invalidateQueries({ queryKey: ["results", changed.key] });
      props.onDone();
    } catch (failure) {
      setError(failure);
      // Somebody else changed it: what they made of it is what the next try must be about.
      if (asApiError(failure).status === 409)
        void queryClient.invalidateQueries({ queryKey: experimentQuery(props.experiment.key).queryKey });
    } finally {
      setBusy(false);
    }
  };
  return (
    <div class="grid gap-4">
      <p class="text-fg-2">{props.action.consequence}</p>
      <Show when={error()}>
        {(failure) => <ErrorPanel error={failure()} what={`${props.action.label} was refused.`} />}
      </Show>
      <Show when={asApiError(error()).code === "experiment_incomplete"}>
        <p>
          <Link class="link" href={`/experiments/${props.experiment.key}/edit`}>
            Edit the draft
          </Link>{" "}
          to give it what it lacks.
        </p>
      </Show>
      <div class="flex justify-end gap-3">
        <button type="button" class="button" onClick={() => props.onDone()}>
          Cancel
        </button>
        <button type="button" class="button button-primary" disabled={busy()} onClick={() => void confirm()}>
          {props.action.label}
        </button>
      </div>
    </div>
  );
}

function Tabs(props: { key: string }): JSX.Element {
  const location = useLocation();
  const tabs = () => [
    { href: `/experiments/${props.key}/results`, label: "Results" },
    { href: `/experiments/${props.key}/setup`, label: "Setup" },
  ];
  const current = (label: string) => (location.pathname.endsWith("/setup") ? "Setup" : "Results") === label;
  return (
    <nav aria-label="Parts of this experiment" class="mb-4 border-b border-line">
      <ul class="flex gap-4">
        <For each={tabs()}>
          {(tab) => (
            <li>
              <Link
                href={tab.href}
                class="-mb-px flex h-8 items-center border-b-2"
                classList={{
                  "border-b-accent font-semibold": current(tab.label),
                  "border-b-transparent text-fg-2 hover:border-b-line-strong": !current(tab.label),
                }}
                aria-current={current(tab.label) ? "page" : undefined}
              >
                {tab.label}
              </Link>
            </li>
          )}
        </For>
      </ul>
    </nav>
  );
}
