import { For, Show, type Accessor, type JSX } from "solid-js";
import { useSearchParams } from "../router.ts";
import { useExperiment } from "./experiment-context.ts";

/** The environment of the URL when the experiment runs in it, else the first one that it does run in. */
export function createEnvironment(): Accessor<string> {
  const experiment = useExperiment();
  const [search] = useSearchParams();
  return () => {
    const asked = typeof search.environment === "string" ? search.environment : "";
    return experiment().environments.includes(asked) ? asked : (experiment().environments[0] ?? "production");
  };
}

/** Which environment's numbers a tab of an experiment shows; a choice where there is one. */
export function EnvironmentChoice(props: { environment: string }): JSX.Element {
  const experiment = useExperiment();
  const [, setSearch] = useSearchParams();
  return (
    <Show when={experiment().environments.length > 1} fallback={<p>Environment: {props.environment}</p>}>
      <label class="flex items-center gap-2">
        Environment
        <select
          class="control"
          value={props.environment}
          onChange={(event) => setSearch({ environment: event.currentTarget.value })}
        >
          <For each={experiment().environments}>{(key) => <option value={key}>{key}</option>}</For>
        </select>
      </label>
    </Show>
  );
}
