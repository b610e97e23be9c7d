import type { EntryMeta } from '../contract.ts';
import { wallClockNs } from '../ctime/granularity.ts';
import type { Picture, PictureFile, PictureVersion } from '../picture/contract.ts';
import type { HandleKey } from '../tracking/contract.ts';
import type { Looker } from './looker.ts';
import { isSettled, type WriterSight } from './settled.ts';
import type { FilesBySight } from './writers.ts';

export interface SettlingParts {
  readonly picture: Picture;
  readonly looker: Looker;
  readonly base: PictureVersion | null;
}

/** Files open for writing whose content would have to be read again while writers wait, as things are now. */
export function unsettledFiles(files: FilesBySight, { picture, base }: SettlingParts): PictureFile[] {
  const found: PictureFile[] = [];
  for (const [key, sight] of files) {
    const file = picture.file(key);
    if (file === undefined || file.path() === null) continue;
    const { meta, content } = file;
    if (!isSettled(sight, { meta, content, base })) found.push(file);
  }
  return found;
}

/** So little is better read while writers wait than settled before. */
const little = { bytes: 1024 * 1024, files: 32 } as const;

export interface SettleSteps {
  readonly refresh: () => Promise<void>;
  /** Flushes what was stored up to now. Gives the start of the flush; see `PictureContent`. */
  readonly flushAnew: () => Promise<bigint | null>;
}

/** Files open for writing that a reading after one more flush settles; none where little would have to be read inside. */
export async function filesToSettle(
  files: FilesBySight,
  parts: () => SettlingParts,
  { refresh, flushAnew }: SettleSteps,
): Promise<PictureFile[]> {
  lookAtOpenFiles(files, parts());
  await refresh();
  if (isLittle(unsettledFiles(files, parts()))) return [];
  const flushedNs = await flushAnew();
  lookAtOpenFiles(files, parts());
  return worthReading(unsettledFiles(files, parts()), files, flushedNs);
}

export function isLittle(files: readonly PictureFile[]): boolean {
  return files.length <= little.files && files.reduce((sum, { meta }) => sum + Number(meta.size), 0) <= little.bytes;
}

/** Looks at files open for writing once more: a store into a mapping moves the ctime, and is told of nowhere. */
export function lookAtOpenFiles(files: FilesBySight, { picture, looker }: SettlingParts): void {
  for (const key of files.keys()) {
    const file = picture.file(key);
    const path = file?.path() ?? null;
    if (file === undefined || path === null) continue;
    const before = file.meta.ctimeNs;
    if (looker.look({ key, path, meta: file.meta }) && picture.file(key)?.meta.ctimeNs !== before) picture.content(key);
  }
}

/** Of these, the ones that a reading which begins now would settle. `flushedNs`: see `PictureContent`. */
function worthReading(unsettled: readonly PictureFile[], files: FilesBySight, flushedNs: bigint | null): PictureFile[] {
  const readFromNs = wallClockNs();
  return unsettled.filter((file) => wouldSettle(file.meta, files.get(file.key) ?? 'later', readFromNs, flushedNs));
}

function wouldSettle(meta: EntryMeta, sight: WriterSight, readFromNs: bigint, flushedNs: bigint | null): boolean {
  const content = { state: 'taken', content: { length: 0 }, meta, readFromNs, flushedNs } as const;
  return isSettled(sight, { meta, content, base: null });
}

export function keysOf(files: readonly PictureFile[]): ReadonlySet<HandleKey> {
  return new Set(files.map(({ key }) => key));
}
