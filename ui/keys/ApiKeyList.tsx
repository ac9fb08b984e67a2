import { useQuery } from "@tanstack/solid-query";
import { createSignal, For, Show, type JSX } from "solid-js";
import type { ApiKey, ApiKeyType, CreatedApiKey, NewApiKey } from "../../contract/api-key.ts";
import { createApiKey, revokeApiKey } from "../api/admin.ts";
import { apiKeysQuery, environmentsQuery, queryClient } from "../api/queries.ts";
import { formatDate } from "../format/time.ts";
import { CopyButton } from "../parts/CopyButton.tsx";
import { Dialog } from "../parts/Dialog.tsx";
import { EmptyPanel } from "../parts/EmptyPanel.tsx";
import { ErrorPanel } from "../parts/ErrorPanel.tsx";
import { ErrorSummary } from "../parts/ErrorSummary.tsx";
import { Field } from "../parts/Field.tsx";
import { Loaded } from "../parts/Loaded.tsx";
import { PageHeading } from "../parts/PageHeading.tsx";
import { Pill } from "../parts/Pill.tsx";
import { createSubmission } from "../parts/submission.ts";

const FIELDS = ["name", "type", "environment"] as const;

const TYPE_WORD: Readonly<Record<ApiKeyType, string>> = {
  client: "Client: for browsers and apps, safe to be seen",
  server: "Server: for your servers, keep it secret",
  admin: "Admin: for scripts that change things here, keep it secret",
};

const TYPES = ["client", "server", "admin"] as const satisfies ApiKeyType[];

export default function ApiKeyList(): JSX.Element {
  const keys = useQuery(apiKeysQuery);
  const [making, setMaking] = createSignal(false);
  const [created, setCreated] = createSignal<CreatedApiKey>();
  const [revoking, setRevoking] = createSignal<ApiKey>();
  const close = () => {
    setMaking(false);
    setCreated(undefined);
  };
  return (
    <div class="grid gap-4">
      <div class="flex flex-wrap items-center justify-between gap-3">
        <PageHeading title="API keys" />
        <button type="button" class="button button-primary" onClick={() => setMaking(true)}>
          New key
        </button>
      </div>
      <Loaded query={keys} what="The API keys" skeleton={[320]}>
        {(all) => (
          <Show
            when={all().length > 0}
            fallback={
              <EmptyPanel
                title="No API keys yet"
                text="Your code needs a key to ask for decisions and to send events. Each environment has its own."
              />
            }
          >
            <KeyTable keys={all()} onRevoke={setRevoking} />
          </Show>
        )}
      </Loaded>
      <Dialog open={making()} title={created() ? "Copy the key now" : "New API key"} onClose={close}>
        <Show when={created()} fallback={<KeyForm onCreated={setCreated} onCancel={close} />}>
          {(key) => <CreatedKey created={key()} onDone={close} />}
        </Show>
      </Dialog>
      <Dialog open={revoking() !== undefined} title="Revoke this key?" onClose={() => setRevoking(undefined)}>
        <Show when={revoking()}>{(key) => <Revoke apiKey={key()} onDone={() => setRevoking(undefined)} />}</Show>
      </Dialog>
    </div>
  );
}

function KeyTable(props: { keys: readonly ApiKey[]; onRevoke: (key: ApiKey) => void }): JSX.Element {
  return (
    <div class="card relative overflow-x-auto" tabindex="0" role="region" aria-label="API keys, table">
      <table class="w-full min-w-[680px]">
        <caption class="sr-only">API keys</caption>
        <thead class="text-sm text-fg-2">
          <tr>
            <For each={["Name", "Begins with", "Type", "Environment", "Made", "State"]}>
              {(head) => (
                <th scope="col" class="border-b border-line px-4 py-2">
                  {head}
                </th>
              )}
            </For>
          </tr>
        </thead>
        <tbody>
          <For each={props.keys}>
            {(key) => (
              <tr class="[&:not(:last-child)>*]:border-b [&>*]:border-line">
                <th scope="row" class="px-4 py-2 font-semibold break-words">
                  {key.name}
                </th>
                <td class="px-4 py-2">
                  <code class="font-mono text-sm">{key.hint}…</code>
                </td>
                <td class="px-4 py-2 text-fg-2">{key.type}</td>
                <td class="px-4 py-2 text-fg-2">{key.environment ?? "all"}</td>
                <td class="px-4 py-2 whitespace-nowrap text-fg-2">{formatDate(Date.parse(key.created_at))}</td>
                <td class="px-4 py-2">
                  <Show
                    when={key.revoked_at === null}
                    fallback={
                      <Pill tone="neutral" sign="✕">
                        Revoked
                      </Pill>
                    }
                  >
                    <button
                      type="button"
                      class="button button-danger"
                      aria-label={`Revoke ${key.name}`}
                      onClick={() => props.onRevoke(key)}
                    >
                      Revoke
                    </button>
                  </Show>
                </td>
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </div>
  );
}

function KeyForm(props: { onCreated: (key: CreatedApiKey) => void; onCancel: () => void }): JSX.Element {
  const environments = useQuery(environmentsQuery);
  const [name, setName] = createSignal("");
  const [type, setType] = createSignal<ApiKeyType>("client");
  const [environment, setEnvironment] = createSignal("production");
  const choices = () =>
    environments.isSuccess ? (environments.data?.map((one) => one.key) ?? []) : ["production", "development"];
  const form = createSubmission(
    () => FIELDS,
    async () => {
      const body: NewApiKey = {
        name: name(),
        type: type(),
        ...(type() === "admin" ? {} : { environment: environment() }),
      };
      const created = await createApiKey(body);
      void queryClient.invalidateQueries({ queryKey: apiKeysQuery().queryKey });
      props.onCreated(created);
    },
  );
  return (
    <form class="grid gap-4" onSubmit={form.submit}>
      <ErrorSummary error={form.error()} fields={FIELDS} attempt={form.attempt()} />
      <Field field="name" label="Name" hint="What will use it: web shop, iOS app, …" error={form.mistake("name")}>
        {(control) => (
          <input {...control} class="control" required onInput={(event) => setName(event.currentTarget.value)} />
        )}
      </Field>
      <Field field="type" label="Type" error={form.mistake("type")}>
        {(control) => (
          <select
            {...control}
            class="control"
            onChange={(event) => setType(TYPES.find((one) => one === event.currentTarget.value) ?? "client")}
          >
            <For each={TYPES}>{(one) => <option value={one}>{TYPE_WORD[one]}</option>}</For>
          </select>
        )}
      </Field>
      <Show when={type() !== "admin"}>
        <Field field="environment" label="Environment" error={form.mistake("environment")}>
          {(control) => (
            <select
              {...control}
              class="control"
              value={environment()}
              onChange={(event) => setEnvironment(event.currentTarget.value)}
            >
              <For each={choices()}>{(one) => <option value={one}>{one}</option>}</For>
            </select>
          )}
        </Field>
      </Show>
      <div class="flex justify-end gap-3">
        <button type="button" class="button" onClick={() => props.onCancel()}>
          Cancel
        </button>
        <button type="submit" class="button button-primary" disabled={form.busy()}>
          Create key
        </button>
      </div>
    </form>
  );
}

function CreatedKey(props: { created: CreatedApiKey; onDone: () => void }): JSX.Element {
  return (
    <div class="grid gap-4">
      <p class="text-fg-2">
        This is the only time that <strong class="font-semibold text-fg">{props.created.name}</strong> is shown. Only
        its fingerprint is kept.
      </p>
      <div class="grid gap-2 rounded-control border border-line bg-panel-2 p-3">
        <code class="font-mono text-sm break-all">{props.created.key}</code>
        <CopyButton text={props.created.key} label="the key" />
      </div>
      <div class="flex justify-end">
        <button type="button" class="button button-primary" onClick={() => props.onDone()}>
          I have it
        </button>
      </div>
    </div>
  );
}

function Revoke(props: { apiKey: ApiKey; onDone: () => void }): JSX.Element {
  const form = createSubmission(
    () => [],
    async () => {
      await revokeApiKey(props.apiKey.id);
      await queryClient.invalidateQueries({ queryKey: apiKeysQuery().queryKey });
      props.onDone();
    },
  );
  return (
    <form class="grid gap-4" onSubmit={form.submit}>
      <p class="text-fg-2">
        Whatever uses <strong class="font-semibold text-fg">{props.apiKey.name}</strong> is refused from then on. It
        cannot be undone.
      </p>
      <Show when={form.error()}>{(error) => <ErrorPanel error={error()} what="The key could not be revoked." />}</Show>
      <div class="flex justify-end gap-3">
        <button type="button" class="button" onClick={() => props.onDone()}>
          Cancel
        </button>
        <button type="submit" class="button button-danger" disabled={form.busy()}>
          Revoke
        </button>
      </div>
    </form>
  );
}
