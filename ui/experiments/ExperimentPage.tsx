import { useQuery, type UseQueryResult } from "@tanstack/solid-query";
import { createMemo, createSignal, For, Show, Suspense, type JSX } from "solid-js";
import type { Experiment, ExperimentStatus } from "../../contract/experiment.ts";
import { setStatus } from "../api/admin.ts";
import { asApiError } from "../api/api-error.ts";
import { experimentQuery, experimentsQuery, queryClient } from "../api/queries.ts";
import { keepPage } from "../api/session-end.ts";
import { createClock } from "../clock.ts";
import { CopyButton } from "../parts/CopyButton.tsx";
import { dataOr } from "../parts/data-or.ts";
import { Dialog } from "../parts/Dialog.tsx";
import { ErrorPanel } from "../parts/ErrorPanel.tsx";
import { Loaded } from "../parts/Loaded.tsx";
import { focusHeading, PageHeading } from "../parts/PageHeading.tsx";
import { Pill } from "../parts/Pill.tsx";
import { Skeleton } from "../parts/Skeleton.tsx";
import { Link, useLocation, useParams } from "../router.ts";
import { ExperimentContext } from "./experiment-context.ts";
import { STATUS_TONE, STATUS_WORD, statusActions, statusDetail, type StatusAction } from "./status.ts";

/** What every tab of an experiment shares: its name, state and actions. */
export default function ExperimentPage(props: { children?: JSX.Element }): JSX.Element {
  const params = useParams();
  const key = () => params.key ?? "";
  const experiment = useQuery(() => experimentQuery(key()));
  const isMissing = () => experiment.isLoadingError && asApiError(experiment.error).status === 404;
  const name = () => dataOr<Experiment | undefined>(experiment, undefined)?.name ?? key();
  return (
    <>
      <nav aria-label="Breadcrumb" class="mb-3 text-sm text-fg-2">
        <Link href="/experiments" class="hover:underline">
          Experiments
        </Link>{" "}
        <span aria-hidden="true">/</span> {name()}
      </nav>
      <Show
        when={isMissing()}
        fallback={
          <Known query={experiment} key={key()}>
            {props.children}
          </Known>
        }
      >
        <div class="grid justify-items-start gap-4">
          <PageHeading title="No such experiment" />
          <p class="text-fg-2">
            There is none with the key <code class="font-mono break-all">{key()}</code>. The link may be old, or
            mistyped.
          </p>
          <Link class="button" href="/experiments">
            Go to experiments
          </Link>
        </div>
      </Show>
    </>
  );
}

function Known(props: { query: UseQueryResult<Experiment>; key: string; children: JSX.Element }): JSX.Element {
  return (
    <>
      <Show when={props.query.isPending || props.query.isLoadingError}>
        <div class="mb-4">
          <PageHeading title={props.key} />
        </div>
      </Show>
      <Loaded query={props.query} what="This experiment" skeleton={[20, 32, 136, 380]} quiet>
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
  const [done, setDone] = createSignal("");
  const actions = createMemo(() => statusActions(props.experiment, now()), undefined, {
    equals: (before, after) => JSON.stringify(before) === JSON.stringify(after),
  });
  /** The dialog gives the focus back to the button that opened it, which is gone by now. */
  const finish = (status: ExperimentStatus) => {
    setAsked(undefined);
    setDone(STATUS_WORD[status]);
    setTimeout(focusHeading);
  };
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
        <For each={actions()}>
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
      <p role="status" class="sr-only">
        {done()}
      </p>
      <Dialog open={asked() !== undefined} title={asked()?.question ?? ""} onClose={() => setAsked(undefined)}>
        <Show when={asked()}>
          {(action) => (
            <ConfirmStatus
              experiment={props.experiment}
              action={action()}
              onDone={finish}
              onCancel={() => setAsked(undefined)}
            />
          )}
        </Show>
      </Dialog>
    </header>
  );
}

function ConfirmStatus(props: {
  experiment: Experiment;
  action: StatusAction;
  onDone: (status: ExperimentStatus) => void;
  onCancel: () => void;
}): JSX.Element {
  const [error, setError] = createSignal<unknown>();
  const [busy, setBusy] = createSignal(false);
  keepPage();
  // What was on screen when the question was asked: what is fetched meanwhile has not been agreed to.
  const seen = { key: props.experiment.key, revision: props.experiment.revision };
  const isChanged = () => asApiError(error()).status === 409;
  const reload = () => {
    void queryClient.invalidateQueries({ queryKey: experimentQuery(seen.key).queryKey });
    props.onCancel();
    setTimeout(focusHeading);
  };
  const confirm = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const changed = await setStatus(seen, props.action.to);
      queryClient.setQueryData(experimentQuery(changed.key).queryKey, changed);
      void queryClient.invalidateQueries({ queryKey: experimentsQuery().queryKey, exact: true });
      void queryClient.invalidateQueries({ queryKey: ["results", changed.key] });
      props.onDone(changed.status);
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div class="grid gap-4">
      <Show when={props.action.warning}>{(warning) => <p class="font-medium">{warning()}</p>}</Show>
      <p class="text-fg-2">{props.action.consequence}</p>
      <Show when={isChanged()}>
        <div role="alert" class="card flex flex-wrap items-center justify-between gap-3 border-l-4 border-l-warn p-4">
          <p class="font-semibold">Somebody changed this experiment meanwhile. Reload to see it.</p>
          <button type="button" class="button" onClick={reload}>
            Reload
          </button>
        </div>
      </Show>
      <Show when={!isChanged() && error()}>
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
        <button type="button" class="button" onClick={() => props.onCancel()}>
          Cancel
        </button>
        <button
          type="button"
          class="button button-primary"
          disabled={busy() || isChanged()}
          onClick={() => void confirm()}
        >
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
    { href: `/experiments/${props.key}/dimensions`, label: "Dimensions" },
    { href: `/experiments/${props.key}/health`, label: "Health" },
    { href: `/experiments/${props.key}/live`, label: "Live" },
    { href: `/experiments/${props.key}/setup`, label: "Setup" },
  ];
  const current = (label: string) =>
    (tabs().find(({ href }) => location.pathname.startsWith(href))?.label ?? "Results") === label;
  return (
    <nav aria-label="Parts of this experiment" class="mb-4 border-b border-line">
      <ul class="flex flex-wrap gap-x-3 text-sm sm:gap-x-4 sm:text-base">
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
