import { type ResticBinary, resticBinaries } from './restic-program.ts';

/** Set to 1, long matrices of tests run in full; else what of them one run of all tests has time for. */
export const thoroughVariable = 'STILLPOINT_THOROUGH';

export const isThorough = process.env[thoroughVariable] === '1';

/** Every restic, or the newest that is to be had. */
export function judges(): readonly ResticBinary[] {
  const all = resticBinaries();
  const newest = all.findLast(({ path }) => path !== undefined) ?? all[0];
  return isThorough || newest === undefined ? all : [newest];
}
