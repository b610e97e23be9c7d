import type { BlobId } from '../../../../shared/domain/ids.ts';
import { throwIfAborted } from '../../../../shared/errors/index.ts';
import type { TreeNode } from '../../repository/index.ts';
import type { LocatedBlob, PackAccess } from '../snapshot-source.ts';
import { type BigFile, bigFile, closeBigFiles, completeBigFiles, writeBigFiles } from './big-files.ts';
import {
  errorOf,
  type FileToStage,
  isRefused,
  type RestoreHands,
  type StageAnswer,
  type Staged,
  type WantedBlob,
} from './contract.ts';
import type { PackRanges } from './pack-ranges.ts';
import { Slots } from './slots.ts';

/** Up to this length a file is made by one thread in one go. */
export const longestWhole = 1024 * 1024;
const mostBlobs = 64;
const filesPerJob = 64;
const sealedPerJob = 2 * 1024 * 1024;

/** A file on its way; what becomes of it is told once: complete, staged, hurt or failed. */
export interface FileOnItsWay {
  readonly node: TreeNode;
  readonly temp: Buffer;
  /** A descriptor of its directory, good until all are through. */
  dir(): number;
  /** A big file under its temporary name, empty and open. */
  create(): number;
  close(fd: number): void;
  /** All of its content is written but zeros at its end, which `length` sets. The descriptor is its own again. */
  complete(fd: number, length: number, blobLengths: readonly number[], zeros: readonly BlobId[]): void;
  /** Whole and closed. */
  staged(staged: Staged, blobLengths: readonly number[], zeros: readonly BlobId[]): void;
  /** Its content cannot be had this way. Something of it may be there, and may still be written to until all are through. */
  hurt(): void;
  /** Throws what ends the restore. Something of it may be there, and open until all are through. */
  failed(error: unknown): void;
  onBytes(bytes: number): void;
}

interface Located {
  readonly file: FileOnItsWay;
  readonly blobs: readonly LocatedBlob[];
}

export interface StagingParts {
  readonly hands: RestoreHands;
  readonly packs: PackAccess;
  readonly ranges: PackRanges;
  readonly signal: AbortSignal;
}

/**
 * Makes files under their temporary names, on threads, in the order in which their content lies in packs. When it settles no
 * thread is at any of them.
 */
export async function stageOnThreads(
  parts: StagingParts,
  files: readonly FileOnItsWay[],
  sync: boolean,
): Promise<void> {
  const { small, big } = sorted(parts, files);
  const slots = new Slots(parts.hands.count * 2 + 2);
  try {
    for (const group of groupsOf(small)) {
      throwIfAborted(parts.signal);
      await slots.begin(() => stageGroup(parts, group, sync));
    }
    await writeBigFiles(parts, big, slots);
    await slots.done();
    throwIfAborted(parts.signal);
    completeBigFiles(big);
  } catch (error) {
    await slots.done().catch(() => {});
    closeBigFiles(big);
    throw error;
  }
}

function sorted({ packs }: StagingParts, files: readonly FileOnItsWay[]): { small: Located[]; big: BigFile[] } {
  const small: Located[] = [];
  const big: BigFile[] = [];
  const packOrder = new Map<string, number>();
  for (const file of files) {
    const content = file.node.content ?? [];
    const blobs = content.map((id) => packs.locate(id));
    const whole = blobs.filter((blob) => blob !== undefined);
    const length = whole.reduce((sum, { plain }) => sum + plain, 0);
    // What is not as it should be is found out and told by whoever reads blob by blob.
    if (whole.length < blobs.length || BigInt(length) !== file.node.size || whole.some(({ plain }) => plain === 0)) {
      file.hurt();
      continue;
    }
    for (const { pack } of whole) if (!packOrder.has(pack)) packOrder.set(pack, packOrder.size);
    if (length <= longestWhole && whole.length <= mostBlobs) small.push({ file, blobs: whole });
    else big.push(bigFile(file, whole, length));
  }
  const place = ({ blobs: [first] }: Located): number => (first ? (packOrder.get(first.pack) ?? 0) : -1);
  small.sort((a, b) => place(a) - place(b) || (a.blobs[0]?.offset ?? 0) - (b.blobs[0]?.offset ?? 0));
  return { small, big };
}

function* groupsOf(files: readonly Located[]): Generator<readonly Located[], void, undefined> {
  let group: Located[] = [];
  let sealed = 0;
  for (const file of files) {
    group.push(file);
    for (const { length } of file.blobs) sealed += length;
    if (group.length < filesPerJob && sealed < sealedPerJob) continue;
    yield group;
    group = [];
    sealed = 0;
  }
  if (group.length > 0) yield group;
}

async function stageGroup({ hands, ranges }: StagingParts, group: readonly Located[], sync: boolean): Promise<void> {
  const reading = await ranges.reading(group.flatMap(({ blobs }) => blobs));
  try {
    const jobFiles: FileToStage[] = [];
    const asked: Located[] = [];
    let next = 0;
    for (const located of group) {
      const places = reading.places.slice(next, next + located.blobs.length);
      next += located.blobs.length;
      const blobs = wantedBlobs(located, places);
      if (blobs === undefined) located.file.hurt();
      else {
        asked.push(located);
        jobFiles.push(fileToStage(located.file, blobs));
      }
    }
    const answers = await hands.do({ kind: 'stage', ranges: reading.ranges, files: jobFiles, sync });
    let failure: { readonly error: unknown } | undefined;
    for (const [index, located] of asked.entries()) {
      try {
        tell(hands, located, answers[index]);
      } catch (error) {
        // What the others came to is known as well.
        failure ??= { error };
      }
    }
    if (failure) throw failure.error;
  } finally {
    reading.release();
  }
}

function wantedBlobs(
  { file, blobs }: Located,
  places: readonly ({ range: number; at: number } | undefined)[],
): readonly WantedBlob[] | undefined {
  const wanted: WantedBlob[] = [];
  for (const [index, { length, uncompressedLength, plain }] of blobs.entries()) {
    const place = places[index];
    if (place === undefined) return undefined;
    wanted.push({ id: file.node.content?.[index] ?? '', ...place, length, uncompressedLength, plain });
  }
  return wanted;
}

function fileToStage({ node, temp, dir }: FileOnItsWay, blobs: readonly WantedBlob[]): FileToStage {
  const { mode, uid, gid, atimeNs, mtimeNs, extendedAttributes = [] } = node;
  return {
    ...{ dir: dir(), temp: temp.toString('latin1'), mode, uid, gid, blobs },
    atimeNs: String(atimeNs),
    mtimeNs: String(mtimeNs),
    attributes: extendedAttributes.map(({ name, value }) => [name, value.toString('base64')] as const),
  };
}

function tell({ witnesses }: RestoreHands, { file, blobs }: Located, answer: StageAnswer | undefined): void {
  if (answer === undefined || 'hurt' in answer) {
    file.hurt();
    return;
  }
  if (isRefused(answer)) {
    file.failed(errorOf(answer));
    return;
  }
  const lengths = blobs.map(({ plain }) => plain);
  file.onBytes(lengths.reduce((sum, length) => sum + length, 0));
  const content = file.node.content ?? [];
  for (const [index, witness] of answer.witnesses.entries())
    if (witness !== null) witnesses.set(content[index] as BlobId, witness);
  file.staged(
    answer,
    lengths,
    answer.zeros.map((index) => content[index] as BlobId),
  );
}
