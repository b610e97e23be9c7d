import { isStillpointError, StillpointError } from '../../../../shared/errors/index.ts';
import { descriptorsToSpare } from '../holding/obstacles.ts';
import { leastSpareBytes, mostSpareBytes } from '../holding/spare-memory.ts';

/** What is expected to be done between freeze and thaw. */
export interface ExpectedDelta {
  /** Folders to list and inodes to look at again. */
  readonly looks: number;
  readonly files: readonly ExpectedFile[];
  /** Those that would be listed. */
  readonly folders?: readonly ExpectedFolder[];
}

export interface ExpectedFolder {
  /** For people. */
  readonly path: string;
  /** Names in it, as far as known. */
  readonly entries: number;
}

export interface ExpectedFile {
  /** For people. */
  readonly path: string;
  /** Bytes that are stored: holes not counted. */
  readonly bytes: number;
}

export interface DeltaLimits {
  readonly memoryBytes: number;
  /** Time for everything between freeze and thaw, the freeze call not counted, ms. */
  readonly timeMs: number;
  readonly openFiles: number;
}

export function deltaLimits(memoryBytes: number, timeMs: number): DeltaLimits {
  return { memoryBytes, timeMs, openFiles: descriptorsToSpare() };
}

/** Up to which copy-before-write is not worth its while, where it can be had: what is larger makes writers wait longer. */
export function littleEnoughToRead(limits: DeltaLimits): DeltaLimits {
  return { ...limits, memoryBytes: Math.min(limits.memoryBytes, leastSpareBytes) };
}

/**
 * What it costs, measured on a busy two-core machine with warm caches, rounded up: a look opens the folder above and asks
 * for the attributes; a name in a folder that is listed is looked at without opening anything; a file is opened, looked at
 * and read; each byte is copied.
 */
const costs = { lookUs: 25, entryUs: 10, fileUs: 40, byteNs: 0.6 } as const;

/** Milliseconds writers wait for a delta, beside the freeze call itself. */
export function expectedDeltaMs({ looks, files, folders = [] }: ExpectedDelta): number {
  const entries = folders.reduce((sum, folder) => sum + folder.entries, 0);
  return (
    (looks * costs.lookUs + entries * costs.entryUs + files.length * costs.fileUs) / 1e3 +
    (bytesOf(files) * costs.byteNs) / 1e6
  );
}

export function bytesOf(files: readonly ExpectedFile[]): number {
  return files.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Whether `requireFits` would let it pass. */
export function fits(delta: ExpectedDelta, limits: DeltaLimits): boolean {
  try {
    requireFits(delta, limits);
    return true;
  } catch (error) {
    if (isStillpointError(error, 'freeze-refused')) return false;
    throw error;
  }
}

/** Refuses, by name, what cannot be taken while writers wait. Nobody has been held then. */
export function requireFits(delta: ExpectedDelta, limits: DeltaLimits): void {
  const bytes = bytesOf(delta.files);
  if (bytes > limits.memoryBytes)
    throw tooMuch(
      delta,
      `${mebibytes(bytes)} would have to be read while writers wait; there is memory for ${mebibytes(limits.memoryBytes)}.`,
      limits.memoryBytes < mostSpareBytes ? 'while more memory is free' : null,
    );
  const ms = expectedDeltaMs(delta);
  if (ms > limits.timeMs)
    throw tooMuch(
      delta,
      `Taking what keeps changing would make writers wait ${Math.ceil(ms)} ms; ${Math.floor(limits.timeMs)} ms are left for it.`,
      'with a longer pause allowed',
    );
  if (delta.files.length > limits.openFiles)
    throw tooMuch(
      delta,
      `${delta.files.length} files keep changing; at most ${limits.openFiles} can be open at once.`,
      null,
    );
}

/** A rehearsal of the reading, with nobody held, took longer than writers may be. */
export function tooSlow(delta: ExpectedDelta, { timeMs }: DeltaLimits, cause: unknown): StillpointError {
  return tooMuch(
    delta,
    `Reading what keeps changing took longer than the ${Math.floor(timeMs)} ms that are left for it while writers wait.`,
    'with a longer pause allowed',
    cause,
  );
}

const named = 3;

/** The files that weigh most, for people: `A (1.0 GiB), B (20 MiB) and 3 more`. */
export function heaviest(files: readonly ExpectedFile[]): string {
  const sorted = files.toSorted((a, b) => b.bytes - a.bytes);
  const first = sorted.slice(0, named).map(({ path, bytes }) => `${path} (${mebibytes(bytes)})`);
  const more = sorted.length - first.length;
  return more > 0 ? `${first.join(', ')} and ${more} more` : first.join(', ');
}

/** Folders from this size on are worth a word. */
const largeEntries = 1000;

function largest(folders: readonly ExpectedFolder[]): string {
  const sorted = folders.filter(({ entries }) => entries >= largeEntries).toSorted((a, b) => b.entries - a.entries);
  const first = sorted.slice(0, named).map(({ path, entries }) => `${path} (${entries} entries)`);
  return first.join(', ');
}

/** `when`: what would make room for it, beside a quieter time. */
function tooMuch(delta: ExpectedDelta, why: string, when: string | null, cause?: unknown): StillpointError {
  const names = [heaviest(delta.files), largest(delta.folders ?? [])].filter((text) => text !== '').join(', ');
  const which = names === '' ? '' : ` What changes too often or is too large: ${names}.`;
  return new StillpointError({
    kind: 'freeze-refused',
    message: `${why}${which}`,
    guidance: `Back up at a quieter time${when === null ? '' : ` or ${when}`}, or leave out what changes all the time.`,
    retryable: true,
    cause,
  });
}

function mebibytes(bytes: number): string {
  if (bytes >= 1024 ** 3) return `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
  return bytes >= 1024 ** 2 ? `${Math.ceil(bytes / 1024 ** 2)} MiB` : `${Math.ceil(bytes / 1024)} KiB`;
}
