/** The nice step (1, 2 or 5 times a power of ten) nearest above `span / count`. */
export function niceStep(span: number, count: number): number {
  if (!(span > 0)) return 1;
  const raw = span / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const fraction = raw / power;
  // A hair of tolerance: 0.3 / 3 must not be pushed to the next step by its last binary digit.
  const step = [1, 2, 5, 10].find((candidate) => fraction <= candidate * (1 + 1e-9)) ?? 10;
  return Number((step * power).toPrecision(12));
}

/** Multiples of `step` in [from, to], free of floating-point dust. */
export function multiplesWithin(from: number, to: number, step: number): number[] {
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => {
    const multiple = (first + index) * step;
    return Number(multiple.toPrecision(12));
  });
}

/** Nice ticks that cover [from, to], both ends included by rounding outwards. */
export function coveringTicks(from: number, to: number, count: number): number[] {
  const step = niceStep(to - from, count);
  return multiplesWithin(Math.floor(from / step + 1e-9) * step, Math.ceil(to / step - 1e-9) * step, step);
}
