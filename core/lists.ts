import { unpackNumbers } from "./columns.ts";

/** Lists in one array: list `n` is in `members` from `starts[n]` up to `starts[n + 1]`. */
export interface Lists {
  readonly starts: Int32Array;
  readonly members: Int32Array;
}

/** Lists of which the encoded ruleset says how long each is, and what is in all of them in turn. */
export const unpackLists = (sizes: string, count: number, members: string, memberCount: number): Lists => {
  const starts = new Int32Array(count + 1);
  unpackNumbers(sizes, starts.subarray(1));
  for (let list = 0; list < count; list++) starts[list + 1] = (starts[list] ?? 0) + (starts[list + 1] ?? 0);
  return { starts, members: unpackNumbers(members, new Int32Array(memberCount)) };
};

/** The things 0 … `things` − 1 sorted into `count` lists, in order; those whose list is −1 go into none. */
export const listsOf = (count: number, things: number, listOf: (thing: number) => number): Lists => {
  const starts = new Int32Array(count + 1);
  for (let thing = 0; thing < things; thing++) {
    const list = listOf(thing);
    if (list >= 0) starts[list + 1] = (starts[list + 1] ?? 0) + 1;
  }
  for (let list = 0; list < count; list++) starts[list + 1] = (starts[list + 1] ?? 0) + (starts[list] ?? 0);
  const members = new Int32Array(starts[count] ?? 0);
  const next = starts.slice(0, count);
  for (let thing = 0; thing < things; thing++) {
    const list = listOf(thing);
    if (list < 0) continue;
    const at = next[list] ?? 0;
    members[at] = thing;
    next[list] = at + 1;
  }
  return { starts, members };
};

export const membersOf = ({ starts, members }: Lists, list: number): Int32Array =>
  members.subarray(starts[list] ?? 0, starts[list + 1] ?? 0);
