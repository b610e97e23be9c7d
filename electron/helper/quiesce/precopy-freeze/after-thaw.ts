import type { Suspect } from '../../../../shared/domain/evidence.ts';
import type { OpenTree } from '../../sources/filesystem/tree.ts';
import type { OpenWriters } from '../../system/open-writers.ts';
import type { PictureFile } from '../picture/contract.ts';
import type { HandleKey } from '../tracking/contract.ts';
import type { LateChanges } from './late-changes.ts';
import type { ReadIntoMemory } from './memory-pass.ts';
import type { SettlingParts } from './settle-writers.ts';
import { isSettled, type WriterSight, worseSight } from './settled.ts';
import { type FilesBySight, KnownWriters } from './writers.ts';

export interface AfterThawParts extends SettlingParts {
  readonly tree: OpenTree;
  /** Who can write, looked at after the thaw. */
  readonly scan: OpenWriters;
  /** What was looked at again while frozen, and what was read then. */
  readonly looked: ReadonlySet<HandleKey>;
  readonly readInside: ReadonlySet<HandleKey>;
  /** How files could be changed, as they were judged while frozen: by the look at all programs before it. */
  readonly sights: FilesBySight;
  /** Read into memory right before the freeze. */
  readonly readBefore: ReadIntoMemory;
  /** What was told since the thaw, up to after the scan. */
  readonly late: LateChanges;
  /** Files opened since the thaw, up to after the scan. */
  readonly openedAfter: ReadonlySet<HandleKey>;
  readonly openedProblem: string | null;
}

export interface AfterThaw {
  /** Files that somebody may have written to unseen before the freeze, nobody having looked at them in it. */
  readonly doubted: readonly PictureFile[];
  /** All doubts as sentences for people, those about files included. */
  readonly doubts: readonly string[];
  /** Why not everybody was seen; empty when everybody was. */
  readonly gap: string;
  /** Who could have written unseen and was found only now. */
  readonly suspects: readonly Suspect[];
}

const namedDoubts = 5;

/**
 * Judges a hold by what shows after it. Whoever could write during the hold had opened the file before it: then the look
 * right before had found it, or the opening was told, and it was looked at while frozen. A file that is found open, or was
 * closed, and is neither among those nor was opened after the thaw, was open without anybody knowing (its descriptor may
 * have been on its way from one program to another). It is in doubt, unless its ctime shows that nothing was written. So is
 * a file that was looked at and not read, when somebody turns out to have been able to write to it in a way that shows less.
 */
export function lookAfterThaw(parts: AfterThawParts): AfterThaw {
  const { picture, tree, scan, looked, readInside, sights, late, openedAfter, openedProblem } = parts;
  const writers = new KnownWriters(picture, tree, scan);
  const known = (key: HandleKey): boolean => looked.has(key) || openedAfter.has(key);
  const wasJudgedBy = (key: HandleKey, sight: WriterSight): boolean => {
    if (openedAfter.has(key) || readInside.has(key)) return true;
    // A descriptor may be mapped at any time: that somebody did after the look is nothing new.
    const judged = worseSight(sights.get(key), 'mapped');
    return looked.has(key) && worseSight(judged, sight) === judged;
  };
  const doubted = new Map<HandleKey, PictureFile>();
  const suspects: Suspect[] = [];
  const judge = (key: HandleKey, sight: WriterSight): void => {
    if (doubted.has(key)) return;
    const file = picture.file(key);
    if (file === undefined || file.path() === null || isUntouched(file, sight, parts)) return;
    doubted.set(key, file);
  };
  for (const [key, sight] of writers.files) if (!wasJudgedBy(key, sight)) judge(key, sight);
  for (const [key, found] of writers.suspects) if (!known(key)) suspects.push(...found);
  // A write that ends by itself is told last by the closing of its file: nobody knows how it was open.
  for (const key of late.keys) if (!known(key)) judge(key, 'later');

  const paths = [...doubted.values()].map((file) => tree.describe(file.path() ?? Buffer.alloc(0)));
  const doubts = paths.slice(0, namedDoubts).map((path) => `${path} may have been written to unseen before the pause.`);
  if (paths.length > namedDoubts) doubts.push(`So may ${paths.length - namedDoubts} more files.`);
  if (openedProblem !== null) doubts.push(openedProblem);
  for (const reason of late.doubts) doubts.push(`Changes may have been missed around the pause: ${reason}`);
  return { doubted: [...doubted.values()], doubts, gap: scan.gaps.join(' '), suspects };
}

/** Its ctime now is still the one it was read with, and so old that nothing can have been written since. */
function isUntouched(file: PictureFile, sight: WriterSight, { looker, base, readBefore }: AfterThawParts): boolean {
  const path = file.path();
  const now = path === null ? undefined : looker.metaOf(file.key, path);
  if (now === undefined || now.ctimeNs !== file.meta.ctimeNs) return false;
  return isSettled(sight, {
    meta: now,
    content: readBefore.get(file.key) ?? file.content,
    base,
  });
}
