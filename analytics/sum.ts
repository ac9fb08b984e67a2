/** Of what each comes to; 0 of none. */
export const sumOf = <Each>(all: Iterable<Each>, of: (each: Each) => number): number => {
  let sum = 0;
  for (const each of all) sum += of(each);
  return sum;
};
