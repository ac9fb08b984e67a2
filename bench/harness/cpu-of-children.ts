import { readdirSync, readFileSync } from "node:fs";

/** CPU time of all processes that this one has started, and of theirs, in ms; NaN where there is no /proc. Linux counts ticks of 10 ms, see proc(5). */
export const cpuMsOfChildren = (): number => {
  const parents = new Map<number, number>();
  const ticks = new Map<number, number>();
  try {
    for (const name of readdirSync("/proc")) {
      if (!/^\d+$/u.test(name)) continue;
      const stat = readStat(name);
      if (stat === undefined) continue;
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      parents.set(Number(name), Number(fields[1]));
      ticks.set(Number(name), Number(fields[11]) + Number(fields[12]));
    }
  } catch {
    return Number.NaN;
  }
  const isOurs = (pid: number): boolean => {
    const parent = parents.get(pid);
    return parent !== undefined && parent > 1 && (parent === process.pid || isOurs(parent));
  };
  let sum = 0;
  for (const [pid, spent] of ticks) if (isOurs(pid)) sum += spent * 10;
  return sum;
};

/** A process may end while it is looked at. */
const readStat = (pid: string): string | undefined => {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return undefined;
  }
};
