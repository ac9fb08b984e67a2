import { createSignal, Show, type JSX } from "solid-js";
import type { Flag } from "../../contract/flag.ts";
import { switchFlag } from "../api/admin.ts";
import { asApiError, type ApiError } from "../api/api-error.ts";
import { flagsQuery, queryClient } from "../api/queries.ts";
import { Dialog } from "../parts/Dialog.tsx";

/**
 * Switches a flag on or off in one environment. Switching off is a kill switch and happens at once; switching on is asked once
 * more, because real visitors will see it.
 */
export function FlagSwitch(props: { flag: Flag; environment: string }): JSX.Element {
  /** An archived flag decides nothing, whatever it was left at. */
  const isOn = () => !props.flag.archived && props.flag.environments[props.environment]?.enabled === true;
  const [busy, setBusy] = createSignal(false);
  const [asking, setAsking] = createSignal(false);
  const [error, setError] = createSignal<ApiError>();
  const turn = async (enabled: boolean) => {
    if (busy()) return;
    setBusy(true);
    setError(undefined);
    try {
      await switchFlag(props.flag.key, props.environment, enabled);
      await queryClient.invalidateQueries({ queryKey: flagsQuery().queryKey });
      setAsking(false);
    } catch (failure) {
      setError(asApiError(failure));
    } finally {
      setBusy(false);
    }
  };
  const ask = () => {
    setError(undefined);
    setAsking(true);
  };
  return (
    <div class="grid gap-1">
      {/* Never disabled while it is busy: that would take the focus from whoever pressed it by keyboard. */}
      <button
        type="button"
        role="switch"
        aria-checked={isOn()}
        aria-label={`${props.flag.key} in ${props.environment}`}
        class="button w-fit"
        classList={{ "button-primary": isOn() }}
        disabled={props.flag.archived}
        aria-busy={busy()}
        onClick={() => (isOn() ? void turn(false) : ask())}
      >
        {isOn() ? "● On" : "○ Off"}
      </button>
      <Show when={!asking()}>
        <Failure error={error()} />
      </Show>
      <Dialog
        open={asking()}
        title={`Switch ${props.flag.key} on in ${props.environment}?`}
        onClose={() => setAsking(false)}
      >
        <div class="grid gap-4">
          <p>Its rules begin to decide within a few seconds, for everyone who is asked about it.</p>
          <Failure error={error()} />
          <div class="flex justify-end gap-3">
            <button type="button" class="button" onClick={() => setAsking(false)}>
              Cancel
            </button>
            <button type="button" class="button button-primary" aria-busy={busy()} onClick={() => void turn(true)}>
              Switch on
            </button>
          </div>
        </div>
      </Dialog>
    </div>
  );
}

function Failure(props: { error: ApiError | undefined }): JSX.Element {
  return (
    <Show when={props.error}>
      {(failure) => (
        <p role="alert" class="text-sm text-bad">
          {failure().message}
        </p>
      )}
    </Show>
  );
}
