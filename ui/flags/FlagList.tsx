import { useQuery } from "@tanstack/solid-query";
import { createSignal, For, Show, type JSX } from "solid-js";
import type { Environment } from "../../contract/environment.ts";
import type { Flag } from "../../contract/flag.ts";
import { environmentsQuery, flagsQuery } from "../api/queries.ts";
import { dataOr } from "../parts/data-or.ts";
import { Dialog } from "../parts/Dialog.tsx";
import { EmptyPanel } from "../parts/EmptyPanel.tsx";
import { ErrorPanel } from "../parts/ErrorPanel.tsx";
import { Loaded } from "../parts/Loaded.tsx";
import { PageHeading } from "../parts/PageHeading.tsx";
import { Link, useNavigate } from "../router.ts";
import { FlagForm } from "./FlagForm.tsx";
import { FlagSwitch } from "./FlagSwitch.tsx";
import { FLAG_TYPE_WORD, environmentWords } from "./flag-words.ts";

export default function FlagList(): JSX.Element {
  const flags = useQuery(flagsQuery);
  const environments = useQuery(environmentsQuery);
  const navigate = useNavigate();
  const [making, setMaking] = createSignal(false);
  return (
    <div class="grid gap-4">
      <div class="flex flex-wrap items-center justify-between gap-3">
        <PageHeading title="Flags" />
        <button type="button" class="button button-primary" onClick={() => setMaking(true)}>
          New flag
        </button>
      </div>
      <Show when={environments.isLoadingError}>
        <ErrorPanel
          error={environments.error}
          what="The environments could not be loaded."
          retry={() => environments.refetch()}
        />
      </Show>
      <Loaded query={flags} what="The flags" skeleton={[320]}>
        {(all) => (
          <Show
            when={all().some(({ archived }) => !archived)}
            fallback={
              <EmptyPanel
                title="No flags yet"
                text="A flag is a value that your code asks for: on or off, a text, a number. Change it here and it holds within seconds, without a deploy."
              />
            }
          >
            <FlagTable flags={all().filter(({ archived }) => !archived)} environments={dataOr(environments, [])} />
          </Show>
        )}
      </Loaded>
      <Dialog open={making()} title="New flag" onClose={() => setMaking(false)}>
        <FlagForm onCreated={(flag) => navigate(`/flags/${flag.key}`)} onCancel={() => setMaking(false)} />
      </Dialog>
    </div>
  );
}

function FlagTable(props: { flags: readonly Flag[]; environments: readonly Environment[] }): JSX.Element {
  return (
    <div class="card relative overflow-x-auto" tabindex="0" role="region" aria-label="Flags, table">
      <table class="w-full min-w-[680px]">
        <caption class="sr-only">Flags</caption>
        <thead class="text-sm text-fg-2">
          <tr>
            <For each={["Flag", "Type", ...props.environments.map(({ name }) => name)]}>
              {(head) => (
                <th scope="col" class="border-b border-line px-4 py-2">
                  {head}
                </th>
              )}
            </For>
          </tr>
        </thead>
        <tbody>
          <For each={props.flags}>
            {(flag) => (
              <tr class="[&:not(:last-child)>*]:border-b [&>*]:border-line">
                <th scope="row" class="px-4 py-2 font-normal">
                  <Link href={`/flags/${flag.key}`} class="link font-semibold break-all">
                    {flag.key}
                  </Link>
                  <span class="block text-sm wrap-anywhere text-fg-2">{flag.description || flag.name}</span>
                </th>
                <td class="px-4 py-2 text-fg-2">{FLAG_TYPE_WORD[flag.type]}</td>
                <For each={props.environments}>
                  {({ key }) => (
                    <td class="px-4 py-2">
                      <FlagSwitch flag={flag} environment={key} />
                      <span class="text-xs text-fg-3">{environmentWords(flag.environments[key])}</span>
                    </td>
                  )}
                </For>
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </div>
  );
}
