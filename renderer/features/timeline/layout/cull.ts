/** Index of the first element that is not below `value`, in a sorted array; its length when all are below. */
export function lowerBound(sorted: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the element nearest to `value`; -1 in an empty array. */
export function nearest(sorted: ArrayLike<number>, value: number): number {
  if (sorted.length === 0) return -1;
  const after = lowerBound(sorted, value);
  if (after === 0) return 0;
  if (after === sorted.length) return after - 1;
  return value - (sorted[after - 1] ?? 0) <= (sorted[after] ?? 0) - value ? after - 1 : after;
}

/** Index of the first of these bands (sorted, not overlapping) that ends after `from`. */
export function firstBandAfter(bands: readonly { readonly to: number }[], from: number): number {
  let low = 0;
  let high = bands.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((bands[middle]?.to ?? 0) <= from) low = middle + 1;
    else high = middle;
  }
  return low;
}
