/** What `load-once.ts` measures. Times are from the beginning of reading the file, without measuring the heap. */
export interface LoadFigures {
  /** Read, parsed and compiled. */
  readonly loadMs: number;
  /** … and one experiment decided. */
  readonly firstOneMs: number;
  /** … and all experiments decided, for the same user. */
  readonly firstAllMs: number;
  /** Held once it is compiled, before anything is decided. */
  readonly heldAfterLoadBytes: number;
  /** Held once the first user has been decided. */
  readonly heldBytes: number;
  /** Held once 100 more have been. */
  readonly heldAfterUseBytes: number;
}
