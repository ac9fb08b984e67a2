/**
 * A share in [0, 1] as a number of buckets: `bucket < shareBp(share)` is `bucket < share * 10000` for every whole bucket.
 * What binary fractions add to a product such as 0.0007 * 10000 does not count as another bucket.
 */
export const shareBp = (share: number): number => Math.max(0, Math.ceil(share * 10_000 - 1e-9));
