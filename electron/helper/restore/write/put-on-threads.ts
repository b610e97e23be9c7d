import { constants } from 'node:fs';
import type { BlobId } from '../../../../shared/domain/ids.ts';
import { errorOf, isRefused, type PlaceAnswer, type RestoreHands } from '../hands/contract.ts';
import { foundOfText } from '../hands/found-text.ts';
import { PackRanges } from '../hands/pack-ranges.ts';
import { Slots } from '../hands/slots.ts';
import { type FileOnItsWay, stageOnThreads } from '../hands/threaded-stage.ts';
import { itemPath, type PlanDirectory } from '../plan/plan-item.ts';
import { applyMetadata } from './apply-metadata.ts';
import { type LossKind, lossKinds } from './entry-warnings.ts';
import type { Placed } from './place-entry.ts';
import type { Put } from './put.ts';
import type { RestoreContext } from './restore-context.ts';
import { discardTemp, rulesFor } from './stage-entry.ts';

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDWR } = constants;
const placesPerJob = 256;

type Threads = NonNullable<RestoreContext['threads']>;

/**
 * Makes the files of a batch on threads. Returns those of which the content cannot be had that way: nothing of them is there.
 * `onFailed` may throw what ends the restore.
 */
export async function stagePuts(
  context: RestoreContext,
  { hands, packs }: Threads,
  puts: readonly Put[],
  onFailed: (put: Put, error: unknown) => void,
): Promise<readonly Put[]> {
  const { target, signal, durability } = context;
  const hurt: Put[] = [];
  const held = new Set<PlanDirectory>();
  const hold = (put: Put): boolean => {
    if (held.has(put.item.in)) return true;
    try {
      target.hold(put.item.in);
    } catch (error) {
      onFailed(put, error);
      return false;
    }
    held.add(put.item.in);
    return true;
  };
  const ranges = new PackRanges(packs, (fd) => target.ops.closeSync(fd));
  try {
    const due = puts.filter(hold);
    for (const { item } of due) durability.foresee(item.in);
    const isWhole = due.every(({ item }) => durability.isWhole(item.in));
    const files = due.map((put) =>
      fileOf(context, put, isWhole, {
        hurt: () => hurt.push(put),
        failed: (error) => onFailed(put, error),
      }),
    );
    await stageOnThreads({ hands, packs, ranges, signal }, files, !isWhole);
    for (const put of hurt) discardTemp(context, put.item, put.temp);
    for (const put of hurt) put.isOnItsWay = false;
  } finally {
    await ranges.close();
    for (const directory of held) target.letGo(directory);
  }
  return hurt;
}

/** `isWhole`: nobody syncs it by itself. */
function fileOf(
  context: RestoreContext,
  put: Put,
  isWhole: boolean,
  { hurt, failed }: Pick<FileOnItsWay, 'hurt' | 'failed'>,
): FileOnItsWay {
  const { target, report, zeros, warnings, durability } = context;
  const { item, temp } = put;
  const { node } = put;
  if (!node) throw new Error('a file without a node cannot be put back');
  const path = itemPath(item);
  put.isOnItsWay = true;
  const know = (blobs: readonly BlobId[]): void => {
    for (const id of blobs) zeros.add(id);
  };
  return {
    node,
    temp,
    dir: () => target.open(item.in),
    create: () => target.ops.openSync(target.entry(item.in, temp), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600),
    close: (fd) => target.ops.closeSync(fd),
    complete(fd, length, blobLengths, zeroBlobs) {
      try {
        target.ops.ftruncateSync(fd, length);
        const { uid, gid, dev, ino } = target.ops.fstatSync(fd);
        applyMetadata(target.ops, { at: fd, uid: Number(uid), gid: Number(gid) }, node, rulesFor(context, item));
        know(zeroBlobs);
        put.staged = { item, node, temp, fd, deviceId: dev, inode: ino, blobLengths };
        put.isOnItsWay = false;
      } catch (error) {
        target.ops.closeSync(fd);
        failed(error);
      }
    },
    staged({ deviceId, inode, losses }, blobLengths, zeroBlobs) {
      if (isWhole) durability.touch(item.in);
      for (const loss of losses) if (isLoss(loss)) warnings.lose(loss, path);
      know(zeroBlobs);
      put.staged = { item, node, temp, fd: null, deviceId: BigInt(deviceId), inode: BigInt(inode), blobLengths };
      put.isOnItsWay = false;
    },
    hurt,
    failed,
    onBytes: (bytes) => report.advance(0, bytes, path),
  };
}

function isLoss(text: string): text is LossKind {
  return lossKinds.some((kind) => kind === text);
}

/** Whole files of which nothing was planned to be there: no look is needed before, the system refuses to replace. */
export function isPlainAddition({ item, staged, link }: Put): boolean {
  return item.action === 'add' && item.type === 'file' && !item.isTypeChange && link === null && staged !== null;
}

/**
 * Puts additions in place on threads. `hear` is told of each in order; it may throw what ends the restore. Where a thread
 * ended over it, it is told of those that got their name before; when this rejects, no thread is at any of them.
 */
export async function placePuts(
  context: RestoreContext,
  hands: RestoreHands,
  puts: readonly Put[],
  hear: (put: Put, placed: Placed | Error) => void,
): Promise<void> {
  const slots = new Slots(hands.count * 2);
  const share = Math.max(1, Math.min(placesPerJob, Math.ceil(puts.length / hands.count)));
  let failure: { readonly error: unknown } | undefined;
  const tell = (put: Put, placed: Placed | Error): void => {
    try {
      hear(put, placed);
    } catch (error) {
      failure ??= { error };
    }
  };
  try {
    for (let from = 0; from < puts.length && !failure; from += share) {
      const some = puts.slice(from, from + share);
      await slots.begin(() => placeSome(context, hands, some, tell));
    }
  } finally {
    await slots.done();
  }
  if (failure) throw failure.error;
}

async function placeSome(
  context: RestoreContext,
  hands: RestoreHands,
  some: readonly Put[],
  tell: (put: Put, placed: Placed | Error) => void,
): Promise<void> {
  const { target } = context;
  const held: Put[] = [];
  try {
    for (const put of some) {
      try {
        target.hold(put.item.in);
        held.push(put);
      } catch (error) {
        tell(put, error instanceof Error ? error : new Error(String(error)));
      }
    }
    const entries = held.map(({ item, temp }) => ({
      dir: target.open(item.in),
      temp: temp.toString('latin1'),
      name: item.name.toString('latin1'),
    }));
    try {
      const answers = await hands.do({ kind: 'place', entries });
      for (const [index, put] of held.entries()) tell(put, placedOf(answers[index]));
    } catch (error) {
      // Nobody says how far it came: what has its name is whole and durable, and undo must know of it.
      await hands.close();
      for (const put of held) if (hasItsName(context, put)) tell(put, placedByNow(context, put));
      throw error;
    }
  } finally {
    for (const { item } of held) target.letGo(item.in);
  }
}

/** Whether what is at its place is what was made for it. */
function hasItsName({ target }: RestoreContext, { item, staged }: Put): boolean {
  const now = target.lookAt(item.in, item.name);
  return now !== null && staged !== null && now.deviceId === staged.deviceId && now.inode === staged.inode;
}

function placedByNow(context: RestoreContext, { item, temp }: Put): Placed {
  // Where names are given by a link, the other one may still be there.
  discardTemp(context, item, temp);
  const found = context.target.lookAt(item.in, item.name);
  return found === null ? 'changed' : { found };
}

function placedOf(answer: PlaceAnswer | undefined): Placed | Error {
  if (answer === undefined || answer === 'changed') return 'changed';
  return isRefused(answer) ? errorOf(answer) : { found: foundOfText(answer.found) };
}
