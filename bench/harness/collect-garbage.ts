/** Collects what is no longer held, with nothing left to do behind it. Node has to be started with `--expose-gc`. */
export const collectGarbage = (): void => {
  if (!globalThis.gc) throw new Error("Start node with --expose-gc, as `npm run bench` does.");
  globalThis.gc();
  globalThis.gc();
};
