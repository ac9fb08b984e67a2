import { useQuery } from "@tanstack/solid-query";
import { createSignal, For, Show, type JSX } from "solid-js";
import type { Layer, NewLayer } from "../../contract/layer.ts";
import { createLayer } from "../api/admin.ts";
import { layersQuery, queryClient } from "../api/queries.ts";
import { BucketBar } from "../charts/BucketBar.tsx";
import { formatPercent } from "../format/number.ts";
import { Dialog } from "../parts/Dialog.tsx";
import { EmptyPanel } from "../parts/EmptyPanel.tsx";
import { ErrorSummary } from "../parts/ErrorSummary.tsx";
import { Field } from "../parts/Field.tsx";
import { Loaded } from "../parts/Loaded.tsx";
import { PageHeading } from "../parts/PageHeading.tsx";
import { createSubmission } from "../parts/submission.ts";
import { Link } from "../router.ts";

const FIELDS = ["name", "key", "unit_type"] as const;

/** Made along with an experiment that names no layer: its key is `<experiment key>/traffic`. */
const isOwn = (layer: Layer): boolean => layer.key.includes("/");

export default function LayerList(): JSX.Element {
  const layers = useQuery(layersQuery);
  const [making, setMaking] = createSignal(false);
  return (
    <div class="grid gap-4">
      <div class="flex flex-wrap items-center justify-between gap-3">
        <PageHeading title="Layers" />
        <button type="button" class="button button-primary" onClick={() => setMaking(true)}>
          New layer
        </button>
      </div>
      <p class="max-w-[85ch] text-fg-2">
        Experiments in one layer never share a user; layers know nothing of one another. Each layer has 10,000 buckets,
        0.01 % of the users each.
      </p>
      <Loaded query={layers} what="The layers" skeleton={[120, 120]}>
        {(all) => (
          <Show
            when={all().length > 0}
            fallback={
              <EmptyPanel
                title="No layers yet"
                text="An experiment has all the traffic to itself unless it names a layer. Make a layer when two experiments must not meet."
              />
            }
          >
            <For each={all().filter((layer) => !isOwn(layer))}>{(layer) => <LayerCard layer={layer} />}</For>
            <Show when={all().some(isOwn)}>
              <details open={!all().some((layer) => !isOwn(layer))}>
                <summary class="min-h-6 font-medium">
                  Layers that one experiment has to itself ({all().filter(isOwn).length})
                </summary>
                <div class="mt-4 grid gap-4">
                  <For each={all().filter(isOwn)}>{(layer) => <LayerCard layer={layer} />}</For>
                </div>
              </details>
            </Show>
          </Show>
        )}
      </Loaded>
      <Dialog open={making()} title="New layer" onClose={() => setMaking(false)}>
        <LayerForm onDone={() => setMaking(false)} />
      </Dialog>
    </div>
  );
}

function LayerCard(props: { layer: Layer }): JSX.Element {
  const free = () => formatPercent(props.layer.free_buckets / 10_000, props.layer.free_buckets % 100 === 0 ? 0 : 2);
  const ranges = () => props.layer.slots.map((slot) => ({ ...slot, label: slot.experiment_key, own: true }));
  return (
    <section class="card grid gap-2 p-4">
      <div class="flex flex-wrap items-baseline justify-between gap-x-4">
        <h2 class="min-w-0 font-semibold break-words">
          {props.layer.name} <code class="font-mono text-xs font-normal break-all text-fg-3">{props.layer.key}</code>
        </h2>
        <p class="text-sm text-fg-2">
          {free()} free · by {props.layer.unit_type}
        </p>
      </div>
      <BucketBar
        ranges={ranges()}
        summary={`${props.layer.name}: ${free()} of the buckets are free, ${props.layer.slots.length} ranges are held.`}
      />
      <ul class="flex flex-wrap gap-x-4 gap-y-1 text-sm text-fg-2">
        <For each={props.layer.slots}>
          {(slot) => (
            <li class="min-w-0 break-words">
              <Link href={`/experiments/${slot.experiment_key}/setup`} class="link">
                {slot.experiment_key}
              </Link>{" "}
              {slot.range_start}–{slot.range_end}
            </li>
          )}
        </For>
      </ul>
    </section>
  );
}

function LayerForm(props: { onDone: () => void }): JSX.Element {
  const [name, setName] = createSignal("");
  const [key, setKey] = createSignal("");
  const [unitType, setUnitType] = createSignal("user_id");
  const form = createSubmission(
    () => FIELDS,
    async () => {
      const body: NewLayer = { name: name(), unit_type: unitType(), ...(key() === "" ? {} : { key: key() }) };
      await createLayer(body);
      await queryClient.invalidateQueries({ queryKey: layersQuery().queryKey });
      props.onDone();
    },
  );
  return (
    <form class="grid gap-4" onSubmit={form.submit}>
      <ErrorSummary error={form.error()} fields={FIELDS} attempt={form.attempt()} />
      <Field field="name" label="Name" error={form.mistake("name")}>
        {(control) => (
          <input {...control} class="control" required onInput={(event) => setName(event.currentTarget.value)} />
        )}
      </Field>
      <Field field="key" label="Key" optional hint="Without one it is made from the name." error={form.mistake("key")}>
        {(control) => (
          <input
            {...control}
            class="control font-mono text-sm"
            spellcheck={false}
            onInput={(event) => setKey(event.currentTarget.value)}
          />
        )}
      </Field>
      <Field
        field="unit_type"
        label="Unit"
        hint="What is randomised: user_id, device_id, company_id, …"
        error={form.mistake("unit_type")}
      >
        {(control) => (
          <input
            {...control}
            class="control font-mono text-sm"
            spellcheck={false}
            required
            value={unitType()}
            onInput={(event) => setUnitType(event.currentTarget.value)}
          />
        )}
      </Field>
      <div class="flex justify-end gap-3">
        <button type="button" class="button" onClick={() => props.onDone()}>
          Cancel
        </button>
        <button type="submit" class="button button-primary" disabled={form.busy()}>
          Create layer
        </button>
      </div>
    </form>
  );
}
