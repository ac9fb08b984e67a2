/** Of what each comes to; 0 of none. */
export const sumOf = <Each>(all: readonly Each[], of: (each: Each, index: number) => number): number =>
  all.reduce((sum, each, index) => sum + of(each, index), 0);
