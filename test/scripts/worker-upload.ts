import { randomUUID } from "node:crypto";
import type { Account, Binding, Script } from "./cloudflare-account.ts";

/** The part `metadata` of a Worker's upload, as far as the stand-in reads it. */
interface UploadMetadata {
  readonly main_module: string;
  readonly bindings: readonly Binding[];
  readonly migrations?: {
    readonly new_tag: string;
    readonly steps: readonly { readonly new_sqlite_classes?: readonly string[] }[];
  };
  readonly assets?: { readonly jwt: string };
}

/** The token that says that all assets of an upload are there. */
export const ASSETS_COMPLETE = "assets-complete";

/** An upload that Cloudflare would refuse, with its error code. */
export class Refusal extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** Why a binding cannot be made in the account, or `undefined`. This is what makes the order of the Workers matter. */
const refusalOf = (
  account: Account,
  binding: Binding,
  own: { name: string; classes: ReadonlySet<string>; inheritable: ReadonlySet<string> },
): Refusal | undefined => {
  const missing = (what: string): Refusal => new Refusal(10021, `binding ${binding.name}: ${what}`);
  switch (binding.type) {
    case "kv_namespace":
      return account.namespaces.has(binding["namespace_id"] ?? "") ? undefined : missing("KV namespace not found");
    case "d1":
      return account.databases.has(binding["id"] ?? "") ? undefined : missing("D1 database not found");
    case "r2_bucket":
      return account.buckets.has(binding["bucket_name"] ?? "") ? undefined : missing("R2 bucket not found");
    case "queue":
      return [...account.queues.values()].some(({ name }) => name === binding["queue_name"])
        ? undefined
        : missing("queue not found");
    case "service":
      return account.scripts.has(binding["service"] ?? "")
        ? undefined
        : new Refusal(10143, `Could not resolve service binding '${binding.name}': ${binding["service"] ?? ""}`);
    case "durable_object_namespace": {
      const home = binding["script_name"] ?? own.name;
      const classes = home === own.name ? own.classes : account.scripts.get(home)?.classes;
      return classes?.has(binding["class_name"] ?? "")
        ? undefined
        : new Refusal(10061, `Cannot create binding for class '${binding["class_name"] ?? ""}' of ${home}`);
    }
    case "inherit":
      return own.inheritable.has(binding.name)
        ? undefined
        : new Refusal(10057, `inherit binding '${binding.name}' is invalid`);
    case "assets":
    case "plain_text":
    case "ratelimit":
    case "secret_text":
      return undefined;
    default:
      return new Refusal(10021, `the stand-in does not know bindings of type ${binding.type}`);
  }
};

/**
 * Takes an upload as Cloudflare does: refuses a binding to what the account lacks, applies the class migrations, keeps
 * the secrets that it does not replace. Returns the id of the new version. Throws a {@link Refusal}.
 */
export const uploadWorker = async (account: Account, name: string, form: FormData): Promise<string> => {
  const part = form.get("metadata");
  const metadata = JSON.parse(part instanceof File ? await part.text() : (part ?? "{}")) as UploadMetadata;
  if (!form.has(metadata.main_module)) throw new Refusal(10021, `the main module ${metadata.main_module} is missing`);
  if (metadata.assets && metadata.assets.jwt !== ASSETS_COMPLETE)
    throw new Refusal(100_312, "the assets are not uploaded");

  const script: Script = account.scripts.get(name) ?? {
    tag: randomUUID().replaceAll("-", ""),
    bindings: [],
    classes: new Set(),
    migrationTag: undefined,
    secrets: new Map(),
    crons: [],
    onWorkersDev: false,
    versions: [],
  };
  const classes = new Set(script.classes);
  for (const step of metadata.migrations?.steps ?? [])
    for (const className of step.new_sqlite_classes ?? []) {
      if (classes.has(className)) throw new Refusal(10074, `class ${className} exists already`);
      classes.add(className);
    }
  // wrangler lets a binding be inherited when the last version has the same: secrets, and what it found unchanged.
  const inheritable = new Set([...script.secrets.keys(), ...script.bindings.map((binding) => binding.name)]);
  for (const binding of metadata.bindings) {
    const refusal = refusalOf(account, binding, { name, classes, inheritable });
    if (refusal) throw refusal;
  }

  for (const className of classes) script.classes.add(className);
  script.migrationTag = metadata.migrations?.new_tag ?? script.migrationTag;
  const inherited = new Set(metadata.bindings.filter(({ type }) => type === "inherit").map((binding) => binding.name));
  script.bindings = [
    ...script.bindings.filter((binding) => inherited.has(binding.name)),
    ...metadata.bindings.filter(({ type }) => type !== "secret_text" && type !== "inherit"),
  ];
  for (const { name: secret, type, text } of metadata.bindings)
    if (type === "secret_text") script.secrets.set(secret, text ?? "");
  const version = randomUUID();
  script.versions.push(version);
  account.scripts.set(name, script);
  return version;
};
