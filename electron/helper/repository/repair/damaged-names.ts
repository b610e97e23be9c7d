const suffix = '.damaged';
/** What a file name may take on every filesystem of Linux, in bytes. */
const longestName = 255;

/**
 * The name for what is left of a file or a folder: with a suffix, so that nobody takes it for the whole. Unlike all of
 * `taken` (names as latin1 text), and no longer than a name can be.
 */
export function damagedName(name: Buffer, taken: ReadonlySet<string>): Buffer {
  for (let number = 1; ; number += 1) {
    const end = Buffer.from(number === 1 ? suffix : `${suffix}-${number}`);
    const candidate = Buffer.concat([name.subarray(0, longestName - end.length), end]);
    if (!taken.has(candidate.toString('latin1'))) return candidate;
  }
}
