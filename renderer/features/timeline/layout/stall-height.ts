/** 1 ms and 10 s: what a stall tick tells apart. */
const shortest = 1;
const longest = 10_000;

/** Height of a stall tick on a logarithmic scale: `lowest` for 1 ms and less, `highest` for 10 s and more. */
export function stallHeight(ms: number, lowest: number, highest: number): number {
  const share = Math.log(Math.max(shortest, Math.min(longest, ms)) / shortest) / Math.log(longest / shortest);
  return lowest + (highest - lowest) * share;
}
