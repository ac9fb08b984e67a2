/** The name of the object that counts one shard of an environment's units in one generation. */
export const shardName = (environment: string, generation: number, shard: number): string =>
  `${environment}:${generation}:${shard}`;
