const hour = 3_600_000;
const day = 24 * hour;

/** Ages that people know, with the key of their words. */
export const knownAges = [
  ['hour', hour],
  ['day', day],
  ['week', 7 * day],
  ['month', 30.44 * day],
  ['year', 365.25 * day],
  ['decade', 3652.5 * day],
] as const;

/**
 * Where a snapshot stands on the line: 0 is the oldest, 1 is now. Logarithmic in its age, because rules keep the more the
 * younger; nothing is younger than an hour on it.
 */
export function placeOf(age: number, oldest: number): number {
  const least = Math.log(hour);
  const most = Math.log(Math.max(oldest, 2 * hour));
  const at = (Math.log(Math.max(age, hour)) - least) / (most - least);
  return 1 - Math.min(1, Math.max(0, at));
}

/** Scale marks that fit between now and the oldest, each with its place. */
export function scaleOf(oldest: number): { readonly name: (typeof knownAges)[number][0]; readonly at: number }[] {
  return knownAges
    .filter(([, age]) => age > hour && age <= oldest)
    .map(([name, age]) => ({ name, at: placeOf(age, oldest) }));
}
