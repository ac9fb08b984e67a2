import { useQuery, type UseQueryResult } from "@tanstack/solid-query";
import { createSignal, For, Show, type JSX } from "solid-js";
import type { Environment } from "../../contract/environment.ts";
import type { Flag, FlagRule } from "../../contract/flag.ts";
import { asApiError } from "../api/api-error.ts";
import { environmentsQuery, flagQuery } from "../api/queries.ts";
import { CopyButton } from "../parts/CopyButton.tsx";
import { Dialog } from "../parts/Dialog.tsx";
import { Loaded } from "../parts/Loaded.tsx";
import { PageHeading } from "../parts/PageHeading.tsx";
import { Pill } from "../parts/Pill.tsx";
import { Link, useParams } from "../router.ts";
import { FlagSwitch } from "./FlagSwitch.tsx";
import { RulesForm } from "./RulesForm.tsx";
import {
  FLAG_TYPE_WORD,
  offWords,
  outcomeWords,
  prerequisiteWords,
  rampWords,
  valueWords,
  whomWords,
} from "./flag-words.ts";

export default function FlagPage(): JSX.Element {
  const params = useParams();
  const key = () => params["key"] ?? "";
  const flag = useQuery(() => flagQuery(key()));
  const environments = useQuery(environmentsQuery);
  const isMissing = () => flag.isLoadingError && asApiError(flag.error).status === 404;
  return (
    <Show
      when={isMissing()}
      fallback={
        <div class="grid grid-cols-1 gap-1">
          <PageHeading title={key()} />
          <Loaded query={flag} what="The flag" skeleton={[20, 140, 200, 200]}>
            {(shown) => <Known flag={shown()} environments={environments} />}
          </Loaded>
        </div>
      }
    >
      <div class="grid grid-cols-1 justify-items-start gap-4">
        <PageHeading title="No such flag" />
        <p class="text-fg-2">
          There is none with the key <code class="font-mono break-all">{key()}</code>. The link may be old, or mistyped.
        </p>
        <Link class="button" href="/flags">
          Go to flags
        </Link>
      </div>
    </Show>
  );
}

function Known(props: { flag: Flag; environments: UseQueryResult<Environment[]> }): JSX.Element {
  return (
    <div class="grid grid-cols-1 gap-4">
      <p class="flex flex-wrap items-center gap-3 text-fg-2">
        <span class="min-w-0 wrap-anywhere">{props.flag.description || props.flag.name}</span>
        <CopyButton text={props.flag.key} label="Copy key" />
        <Show when={props.flag.archived}>
          <Pill tone="neutral">Archived</Pill>
        </Show>
      </p>
      <Facts flag={props.flag} />
      <Loaded query={props.environments} what="The environments" skeleton={[200, 200]}>
        {(all) => (
          <div class="grid grid-cols-1 gap-4">
            <For each={all()}>
              {({ key, name }) => <EnvironmentCard flag={props.flag} environment={key} name={name} />}
            </For>
          </div>
        )}
      </Loaded>
    </div>
  );
}

function Facts(props: { flag: Flag }): JSX.Element {
  const facts = (): readonly (readonly [string, string])[] => [
    ["Type", FLAG_TYPE_WORD[props.flag.type]],
    ["Where no rule applies", valueWords(props.flag.default_value)],
    ["While it is off", offWords(props.flag)],
    ["Shares are of", props.flag.unit_type],
    ...(props.flag.prerequisites.length === 0
      ? []
      : [["Only for units where", props.flag.prerequisites.map(prerequisiteWords).join(" and ")] as const]),
    ...(props.flag.server_only ? [["Kept from", "client keys"] as const] : []),
  ];
  return (
    <dl class="card grid gap-x-6 gap-y-2 p-4 sm:grid-cols-[auto_1fr]">
      <For each={facts()}>
        {([term, text]) => (
          <>
            <dt class="text-sm text-fg-2">{term}</dt>
            <dd class="min-w-0 wrap-anywhere">{text}</dd>
          </>
        )}
      </For>
    </dl>
  );
}

function EnvironmentCard(props: { flag: Flag; environment: string; name: string }): JSX.Element {
  const rules = () => props.flag.environments[props.environment]?.rules ?? [];
  const [editing, setEditing] = createSignal(false);
  return (
    <section class="card grid gap-3 p-4">
      <div class="flex flex-wrap items-center justify-between gap-3">
        <h2 class="text-lg font-semibold">{props.name}</h2>
        <FlagSwitch flag={props.flag} environment={props.environment} />
      </div>
      <Show when={rules().length > 0} fallback={<p class="text-fg-2">No rules: everyone gets the default.</p>}>
        <ol class="grid gap-2">
          <For each={rules()}>{(rule, index) => <RuleCard rule={rule} number={index() + 1} />}</For>
        </ol>
        <p class="text-sm text-fg-3">
          The first rule that applies decides; where none does, everyone gets the default.
        </p>
      </Show>
      <div>
        <button
          type="button"
          class="button"
          aria-label={`Edit rules in ${props.name}`}
          disabled={props.flag.archived}
          onClick={() => setEditing(true)}
        >
          Edit rules
        </button>
      </div>
      <Dialog open={editing()} title={`Rules in ${props.name}`} onClose={() => setEditing(false)}>
        <RulesForm flag={props.flag} environment={props.environment} onDone={() => setEditing(false)} />
      </Dialog>
    </section>
  );
}

function RuleCard(props: { rule: FlagRule; number: number }): JSX.Element {
  return (
    <li class="rounded-control border border-line p-3">
      <p class="text-sm text-fg-3">
        {props.number}. {props.rule.name}
      </p>
      <p class="wrap-anywhere">
        Of <span class="font-medium">{whomWords(props.rule)}</span>, <span>{outcomeWords(props.rule)}</span>
        <Show when={props.rule.experiment}>
          {(key) => (
            <>
              {" "}
              <Link href={`/experiments/${key()}`} class="link">
                (results)
              </Link>
            </>
          )}
        </Show>
      </p>
      <Show when={rampWords(props.rule).length > 0}>
        <ul class="mt-1 list-disc pl-4 text-sm text-fg-2">
          <For each={rampWords(props.rule)}>{(step) => <li>{step}</li>}</For>
        </ul>
      </Show>
    </li>
  );
}
