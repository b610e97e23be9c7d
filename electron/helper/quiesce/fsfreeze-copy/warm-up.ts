import { closeSync, constants, read } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { throwIfAborted } from '../../../../shared/errors/index.ts';
import type { OpenTree, TreeEntry } from '../../sources/filesystem/tree.ts';
import type { PhaseReporter } from '../contract.ts';

export interface WarmTree {
  readonly entries: number;
  readonly files: number;
  /** Stored bytes: holes not counted. */
  readonly bytes: number;
}

const turnMs = 15;
const bufferBytes = 1024 * 1024;

/**
 * Reads a whole tree once, for nothing but having it in the system's cache: what the disk is slow at is done before
 * anybody waits. Counts anew, since the tree may have grown.
 */
export async function warmUp(tree: OpenTree, report: PhaseReporter, signal: AbortSignal): Promise<WarmTree> {
  const count = { entries: 0, files: 0, bytes: 0 };
  const buffer = Buffer.allocUnsafeSlow(bufferBytes);
  const pending: TreeEntry[] = [tree.lookAtRoot()];
  let turnStarted = performance.now();
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    for (const entry of tree.list(directory)) {
      count.entries += 1;
      const type = entry.stat.mode & constants.S_IFMT;
      if (type === constants.S_IFDIR) pending.push(entry);
      if (type !== constants.S_IFREG) continue;
      const bytes = Math.min(Number(entry.stat.size), Number(entry.stat.blocks) * 512);
      count.files += 1;
      count.bytes += bytes;
      if (bytes > 0) await readThrough(tree, entry, buffer, signal);
      report.advance(1, bytes, tree.describe(entry.path));
      if (performance.now() - turnStarted < turnMs) continue;
      throwIfAborted(signal);
      await nextTurn();
      turnStarted = performance.now();
    }
    throwIfAborted(signal);
  }
  return count;
}

/** Failures show again, and are recorded, when it is read for good. */
async function readThrough(tree: OpenTree, entry: TreeEntry, buffer: Buffer, signal: AbortSignal): Promise<void> {
  let fd: number;
  try {
    fd = tree.openFile(entry);
  } catch {
    return;
  }
  try {
    for (let position = 0; position < Number(entry.stat.size); ) {
      throwIfAborted(signal);
      const count = await readOrNothing(fd, buffer, position);
      if (count === 0) return;
      position += count;
    }
  } finally {
    closeSync(fd);
  }
}

function readOrNothing(fd: number, buffer: Buffer, position: number): Promise<number> {
  return new Promise((resolve) => {
    read(fd, buffer, 0, buffer.length, position, (error, count) => resolve(error === null ? count : 0));
  });
}
