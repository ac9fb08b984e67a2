/** What is broken from now on; what is left out works. */
export interface Faults {
  /** Every write to the archive fails. */
  readonly archive?: "down";
  /** The queue takes nothing; or only the first message of a call, and says that it took none. */
  readonly queue?: "full" | "half";
  /** Shards answer that they are overloaded, before or after they did what was asked. */
  readonly shards?: "overloaded" | "unanswering";
  /** The consumer dies when it has done its work and before anything is acknowledged, so many times. */
  readonly consumerCrashes?: number;
  /** Names of shards whose objects are thrown out of memory now, with whatever they are doing. */
  readonly abort?: readonly string[];
  /**
   * So many times, a replay is thrown out of memory when it calls a shard, before the call and after it in turn. Each time
   * comes after one more call than the time before, so that every step gets through in the end.
   */
  readonly replayDeaths?: number;
}

/** How often each fault has struck since the Worker started. */
export interface Strikes {
  archive: number;
  queue: number;
  shards: number;
  consumerCrashes: number;
  aborts: number;
}
