import type { SumName, SumsCell, SumsKind } from "../contract/sums.ts";
import { ByteReader, ByteWriter } from "./bytes.ts";
import { KeptValues, type Rank } from "./kept-values.ts";
import { addToCell, type Cell, emptyCell, isEmpty, type RowKey, rowName, sumsOfCell, type SumsChange } from "./sums.ts";
import { hashOfText } from "./text-hash.ts";
import { readKind, readNumbers, TextReader, TextWriter, writeKind, writeNumbers } from "./sums-codec.ts";

interface Row {
  readonly key: RowKey;
  /** By metric id. */
  readonly cells: Map<string, Cell>;
}

/** The sums of one phase of one experiment: what is packed together. */
interface Part {
  readonly rows: Map<string, Row>;
}

interface ExperimentSums {
  readonly parts: Map<number, Part>;
  /** By name of the dimension. */
  readonly dimensions: Map<string, KeptValues>;
}

export interface PartKey {
  readonly experiment_id: string;
  readonly phase: number;
}

const FORMAT = 1;

/** A chunk is closed when it has grown to this many bytes; a row adds some kilobytes at most, and 1.5 MB is the limit. */
const CHUNK_BYTES = 1_000_000;

/** One of several parts of the cells of an experiment, from 0 on. */
export interface CellsPart {
  readonly index: number;
  readonly of: number;
}

/** Whether a cell is in a part: the values of a dimension are in the same one, since some of them may be added up as others. */
const isInPart = ({ phase, variant_id, kind, name, slice }: RowKey, metric_id: string, part: CellsPart): boolean => {
  const apart = kind === "dimension" ? "" : slice;
  return hashOfText(JSON.stringify([phase, variant_id, kind, name, apart, metric_id])) % part.of === part.index;
};

const merge = (row: Row, cells: ReadonlyMap<string, Cell>): void => {
  for (const [metric_id, { n, sums }] of cells) {
    let cell = row.cells.get(metric_id);
    if (cell === undefined) row.cells.set(metric_id, (cell = emptyCell()));
    addToCell(cell, n, sumsOfCell({ n, sums }) ?? {});
  }
};

/**
 * The sums of one shard in memory. What it holds depends on what was added, not on the order. Of each dimension of each
 * experiment at most 512 values are kept apart; the others are in the slice null.
 */
export class SumsBook {
  readonly #experiments = new Map<string, ExperimentSums>();
  readonly #changed = new Map<string, Set<number>>();

  #experiment(experiment_id: string): ExperimentSums {
    let experiment = this.#experiments.get(experiment_id);
    if (experiment === undefined)
      this.#experiments.set(experiment_id, (experiment = { parts: new Map(), dimensions: new Map() }));
    return experiment;
  }

  #touch(experiment_id: string, phase: number): void {
    const phases = this.#changed.get(experiment_id);
    if (phases) phases.add(phase);
    else this.#changed.set(experiment_id, new Set([phase]));
  }

  #values(experiment: ExperimentSums, name: string): KeptValues {
    let values = experiment.dimensions.get(name);
    if (values === undefined) experiment.dimensions.set(name, (values = new KeptValues()));
    return values;
  }

  /** The row, made if it is not there; that may drive another value out. */
  #row(experiment: ExperimentSums, key: RowKey): Row {
    let part = experiment.parts.get(key.phase);
    if (part === undefined) experiment.parts.set(key.phase, (part = { rows: new Map() }));
    const values = key.kind === "dimension" && key.slice !== null ? this.#values(experiment, key.name) : undefined;
    const kept = values === undefined || values.isKept(key.slice ?? "") ? key : { ...key, slice: null };
    const name = rowName(kept);
    const known = part.rows.get(name);
    if (known) return known;

    part.rows.set(name, { key: kept, cells: new Map() });
    if (values !== undefined && kept.slice !== null)
      this.#fold(experiment, kept.experiment_id, kept.name, values.insert(kept.slice));
    // It may have been driven out at once.
    return part.rows.get(name) ?? this.#row(experiment, key);
  }

  /** Puts values of a dimension that are not kept any more to the others. */
  #fold(experiment: ExperimentSums, experiment_id: string, dimension: string, values: readonly string[]): void {
    if (values.length === 0) return;
    const gone = new Set(values);
    const kept = this.#values(experiment, dimension);
    for (const [phase, { rows }] of experiment.parts)
      for (const [name, { key, cells }] of rows) {
        if (key.kind !== "dimension" || key.name !== dimension || key.slice === null || !gone.has(key.slice)) continue;
        rows.delete(name);
        kept.remove(key.slice);
        this.#touch(experiment_id, phase);
        if (cells.size > 0) merge(this.#row(experiment, { ...key, slice: null }), cells);
      }
  }

  add({ key, n, sums }: SumsChange): void {
    const { metric_id, ...rowKey } = key;
    const experiment = this.#experiment(key.experiment_id);
    const row = this.#row(experiment, rowKey);
    let cell = row.cells.get(metric_id);
    if (cell === undefined) row.cells.set(metric_id, (cell = emptyCell()));
    addToCell(cell, n, sums);
    this.#touch(key.experiment_id, key.phase);
    if (!isEmpty(cell)) return;

    row.cells.delete(metric_id);
    if (row.cells.size > 0) return;
    experiment.parts.get(key.phase)?.rows.delete(rowName(row.key));
    if (row.key.kind === "dimension" && row.key.slice !== null)
      this.#values(experiment, row.key.name).remove(row.key.slice);
  }

  /**
   * The cells of these experiments of these kinds. Of each dimension the 256 values with the smallest hashes are told apart;
   * a reader of several shards has to put together those that one of them has in its slice null. With `part` only those of the
   * part; the parts of all shards are cut in the same places. With `names` only cells of these: dimensions, or other experiments.
   */
  cells({
    experiment_ids,
    kinds,
    names,
    part,
  }: {
    readonly experiment_ids: readonly string[];
    readonly kinds: readonly SumsKind[];
    readonly names?: readonly string[] | undefined;
    readonly part?: CellsPart | undefined;
  }): SumsCell[] {
    const wanted = new Set(kinds);
    const found: SumsCell[] = [];
    for (const experiment_id of new Set(experiment_ids)) {
      const experiment = this.#experiments.get(experiment_id);
      if (!experiment) continue;
      const shown = new Map([...experiment.dimensions].map(([name, values]) => [name, values.shown()]));
      for (const { rows } of experiment.parts.values()) {
        const others = new Map<string, Row>();
        for (const row of rows.values()) {
          const { key } = row;
          if (!wanted.has(key.kind) || names?.includes(key.name) === false) continue;
          const isShown = key.kind !== "dimension" || (key.slice !== null && shown.get(key.name)?.has(key.slice));
          if (isShown === true) pushCells(found, row, part);
          else {
            const otherKey = { ...key, slice: null };
            const name = rowName(otherKey);
            const other = others.get(name) ?? { key: otherKey, cells: new Map<string, Cell>() };
            others.set(name, other);
            merge(other, row.cells);
          }
        }
        for (const row of others.values()) pushCells(found, row, part);
      }
    }
    return found;
  }

  /** How many cells of an experiment there are, at least as many as {@link cells} gives. */
  countCells(experiment_id: string): number {
    let count = 0;
    for (const { rows } of this.#experiments.get(experiment_id)?.parts.values() ?? [])
      for (const { cells } of rows.values()) count += cells.size;
    return count;
  }

  /** The parts that there are. */
  parts(): PartKey[] {
    return [...this.#experiments].flatMap(([experiment_id, { parts }]) =>
      Array.from(parts.keys(), (phase) => ({ experiment_id, phase })),
    );
  }

  /** The phases of an experiment that changed since this was asked last, or since the book is there: those to be packed again. */
  takeChanged(experiment_id: string): number[] {
    const phases = [...(this.#changed.get(experiment_id) ?? [])];
    this.#changed.delete(experiment_id);
    return phases;
  }

  /** The sums of one phase of an experiment, in chunks of less than 1.5 MB; none when there are no sums. */
  packExperiment(experiment_id: string, phase: number): Uint8Array[] {
    const experiment = this.#experiments.get(experiment_id);
    const chunks: Uint8Array[] = [];
    const writer = new ByteWriter(64 * 1024);
    let texts: TextWriter | undefined;
    for (const { key, cells } of experiment?.parts.get(phase)?.rows.values() ?? []) {
      if (texts === undefined) {
        texts = new TextWriter(writer);
        this.#writeHead(writer, experiment_id, phase);
      }
      texts.write(key.variant_id);
      writeKind(writer, key.kind);
      texts.write(key.name);
      writer.byte(key.slice === null ? 0 : 1);
      if (key.slice !== null) texts.write(key.slice);
      writer.uint(cells.size);
      for (const [metric_id, cell] of cells) {
        texts.write(metric_id);
        writeNumbers(writer, cell.n, sumsOfCell(cell) ?? {});
      }
      if (writer.length < CHUNK_BYTES) continue;
      chunks.push(writer.take());
      texts = undefined;
    }
    if (texts !== undefined) chunks.push(writer.take());
    return chunks;
  }

  #writeHead(writer: ByteWriter, experiment_id: string, phase: number): void {
    writer.byte(FORMAT);
    writer.text(experiment_id);
    writer.uint(phase);
    const bounds = [...(this.#experiments.get(experiment_id)?.dimensions ?? [])].flatMap(([name, { bound }]) =>
      bound === undefined ? [] : [{ name, bound }],
    );
    writer.uint(bounds.length);
    for (const { name, bound } of bounds) {
      writer.text(name);
      writer.uint(bound.hash);
      writer.text(bound.value);
    }
  }

  /** Adds one chunk of what {@link packExperiment} gave. It does not count as a change. Throws for other bytes. */
  loadPacked(bytes: Uint8Array): void {
    const reader = new ByteReader(bytes);
    if (reader.byte() !== FORMAT) throw new Error("Sums are stored in a format that is not known.");
    const experiment_id = reader.text();
    const phase = reader.uint();
    const experiment = this.#experiment(experiment_id);
    for (let count = reader.uint(); count > 0; count--) {
      const name = reader.text();
      const bound: Rank = { hash: reader.uint(), value: reader.text() };
      this.#fold(experiment, experiment_id, name, this.#values(experiment, name).lower(bound));
    }
    const texts = new TextReader(reader);
    while (!reader.isAtEnd) {
      const variant_id = texts.read();
      const kind = readKind(reader);
      const name = texts.read();
      const slice = reader.byte() === 0 ? null : texts.read();
      const row = this.#row(experiment, { experiment_id, phase, variant_id, kind, name, slice });
      for (let count = reader.uint(); count > 0; count--) {
        const metric_id = texts.read();
        const { n, sums } = readNumbers(reader);
        let cell = row.cells.get(metric_id);
        if (cell === undefined) row.cells.set(metric_id, (cell = emptyCell()));
        addToCell(cell, n, sums);
      }
    }
  }
}

const pushCells = (cells: SumsCell[], { key, cells: row }: Row, part: CellsPart | undefined): void => {
  for (const [metric_id, cell] of row) {
    if (part && !isInPart(key, metric_id, part)) continue;
    const sums = sumsOfCell(cell);
    if (sums === undefined) continue;
    const texts: Partial<Record<SumName, string>> = {};
    for (const [name, sum] of Object.entries(sums) as [SumName, bigint | number][]) texts[name] = String(sum);
    cells.push({ ...key, metric_id, n: cell.n, sums: texts });
  }
};
