import type { Ledger } from "../../contract/ledger.ts";
import type { LoadReport } from "./run-load.ts";

const number = (value: number): string => Math.round(value).toLocaleString("en-US");

const line = (title: string, ...words: string[]): string => `  ${title.padEnd(24)}${words.join(" ")}`;

/**
 * What is wrong with the ledger, in words. Each fate has to be what was sent; a batch that was sent again because its answer was
 * no 202 may have been taken all the same, and then adds duplicates. A batch that is sent once to one generation and once to the
 * next is not the same message to them: its refused and late events may be so once more, instead of duplicates, so there
 * `fates` are to be looked at `together`.
 */
export const ledgerMistakes = (
  { load, ledger, sent, freshness }: LoadReport,
  fates: "apart" | "together" = "apart",
): string[] => {
  const mistakes: string[] = [];
  const expect = (title: string, counted: number, expected: number): void => {
    if (counted !== expected) mistakes.push(`${title} is ${number(counted)} and has to be ${number(expected)}.`);
  };
  const { applied, duplicate, late, rejected } = load.fates;
  expect("difference", ledger.difference, 0);
  expect("archive_difference", ledger.archive_difference, 0);
  expect("applied", ledger.applied, applied + (freshness?.probes ?? 0));
  expect("dead_lettered", ledger.dead_lettered, 0);
  const refused = ledger.rejected.invalid_event ?? 0;
  if (sent.retries > 0) {
    if (ledger.duplicate < duplicate) expect("duplicate", ledger.duplicate, duplicate);
  } else if (fates === "together")
    expect("duplicate + late + rejected", ledger.duplicate + ledger.late + refused, duplicate + late + rejected);
  else {
    expect("duplicate", ledger.duplicate, duplicate);
    expect("late", ledger.late, late);
    expect("rejected.invalid_event", refused, rejected);
  }
  return mistakes;
};

const ledgerText = (ledger: Ledger): string =>
  [
    ...(["received", "archived", "applied", "duplicate", "late", "bot", "dead_lettered"] as const).map((name) =>
      line(name, number(ledger[name])),
    ),
    ...Object.entries(ledger.rejected).map(([code, count]) => line(`rejected: ${code}`, number(count))),
    line("difference", number(ledger.difference)),
    line("not archived", number(ledger.archive_difference)),
  ].join("\n");

const SHOWN_DIFFERENCES = 10;

/** The report as a person reads it. */
export const reportText = (report: LoadReport): string => {
  const { load, sent, seconds, freshness, ledger, comparison } = report;
  const { cells, differences } = comparison;
  return `
Speed
${line("taken", `${number(sent.events)} events in ${sent.seconds.toFixed(1)} s,`, `${number(sent.events / sent.seconds)} events/s`)}
${line("counted", `${seconds.toFixed(1)} s,`, `${number(load.events / seconds)} events/s`)}
${line("answers", `p50 ${sent.p50Ms.toFixed(0)} ms, p99 ${sent.p99Ms.toFixed(0)} ms,`, `${number(sent.retries)} sent again`)}
${line("freshness", freshness && freshness.probes > 0 ? `p50 ${(freshness.p50Ms / 1_000).toFixed(2)} s, p99 ${(freshness.p99Ms / 1_000).toFixed(2)} s of ${freshness.probes} probes` : "not measured")}

Ledger
${ledgerText(ledger)}

Sums
${line("cells compared", number(cells))}
${line("cells that differ", number(differences.length))}
${differences
  .slice(0, SHOWN_DIFFERENCES)
  .map((difference) => `    ${difference}`)
  .join("\n")}`.trimEnd();
};
