/**
 * The row that typing leads to: the next name that begins with what was typed, round the end of the list. One letter
 * leaves the row it stands on, so that pressing it again goes on; more letters stay while they fit.
 */
export function nextMatch(
  typed: string,
  from: number,
  count: number,
  nameAt: (index: number) => string | undefined,
): number | null {
  const wanted = typed.toLocaleLowerCase();
  const first = typed.length > 1 ? 0 : 1;
  for (let step = first; step < count + first; step += 1) {
    const index = (from + step) % count;
    if (nameAt(index)?.toLocaleLowerCase().startsWith(wanted) === true) return index;
  }
  return null;
}
