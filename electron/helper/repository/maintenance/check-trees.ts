import type { BlobId } from '../../../../shared/domain/ids.ts';
import { isStillpointError } from '../../../../shared/errors/index.ts';
import { Breather } from '../breather.ts';
import { quoteName } from '../format/names.ts';
import { nodesOf } from '../format/tree-nodes.ts';
import type { BlobIndex } from '../index/blob-index.ts';
import type { Snapshot } from '../snapshots/snapshots.ts';
import type { CheckContext } from './finding.ts';
import { TreeScan } from './tree-scan.ts';

export interface TreeCheck {
  readonly index: BlobIndex;
  /** Verifies the blob's hash. */
  readonly loadBlob: (id: BlobId) => Promise<Buffer>;
  /** One mark per index entry, set for every blob that a snapshot needs. */
  readonly used: Uint8Array;
}

interface Waiting {
  readonly tree: BlobId;
  /** `snapshot:path`, for people. */
  readonly where: string;
}

/** Walks every snapshot, each tree once: all trees must be readable, all content must be in the index. */
export async function checkTrees(
  check: TreeCheck,
  snapshots: readonly Snapshot[],
  context: CheckContext,
): Promise<void> {
  const breather = new Breather();
  const walk = new TreeWalk(check, context);
  for (const [done, snapshot] of snapshots.entries()) {
    context.progress({ phase: 'trees', done, total: snapshots.length });
    const waiting: Waiting[] = [{ tree: snapshot.tree, where: `${snapshot.id.slice(0, 8)}:` }];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (breather.isDue || context.signal?.aborted) await breather.breathe(context.signal);
      await walk.read(next, waiting);
    }
  }
  context.progress({ phase: 'trees', done: snapshots.length, total: snapshots.length });
}

class TreeWalk {
  readonly #check: TreeCheck;
  readonly #context: CheckContext;
  readonly #scan = new TreeScan();

  constructor(check: TreeCheck, context: CheckContext) {
    this.#check = check;
    this.#context = context;
  }

  /** Looks through a tree that was not read yet; the folders in it wait then. */
  async read({ tree, where }: Waiting, waiting: Waiting[]): Promise<void> {
    const { index, used, loadBlob } = this.#check;
    const affects = [where.endsWith(':') ? `${where}/` : where];
    const entry = index.entryOf('tree', tree);
    if (entry < 0) {
      const text = `The listing of a folder is missing (tree ${tree.slice(0, 8)}): what was in it cannot be restored.`;
      this.#context.report({ severity: 'error', code: 'blob-missing', text, affects, blob: tree });
      return;
    }
    if (used[entry]) return;
    used[entry] = 1;
    try {
      this.#lookThrough(tree, await loadBlob(tree), where, waiting);
    } catch (error) {
      if (!isStillpointError(error, 'repository-damaged')) throw error;
      const text = `The listing of a folder cannot be read: ${error.message}`;
      this.#context.report({ severity: 'error', code: 'tree-damaged', text, affects, blob: tree });
    }
  }

  #lookThrough(tree: BlobId, bytes: Buffer, where: string, waiting: Waiting[]): void {
    const scan = this.#scan;
    if (!scan.take(bytes)) {
      for (const { name, content, subtree } of nodesOf(tree, bytes)) {
        for (const blob of content ?? []) if (!this.#use(blob)) this.#miss(blob, where, name);
        if (subtree) waiting.push({ tree: subtree, where: `${where}/${quoteName(name)}` });
      }
      return;
    }
    for (let node = 0; node < scan.size; node += 1) {
      const end = scan.firstPartOf(node + 1);
      for (let at = scan.firstPartOf(node); at < end; at += 1) {
        const blob = scan.part(at);
        if (!this.#use(blob)) this.#miss(blob, where, scan.nameOf(node));
      }
      const subtree = scan.subtreeOf(node);
      if (subtree) waiting.push({ tree: subtree, where: `${where}/${quoteName(scan.nameOf(node))}` });
    }
    scan.clear();
  }

  /** Whether there is such a blob. */
  #use(blob: BlobId): boolean {
    const entry = this.#check.index.entryOf('data', blob);
    if (entry >= 0) this.#check.used[entry] = 1;
    return entry >= 0;
  }

  #miss(blob: BlobId, where: string, name: Buffer): void {
    const text = `A part of a file is missing (blob ${blob.slice(0, 8)}): the file cannot be restored whole.`;
    const affects = [`${where}/${quoteName(name)}`];
    this.#context.report({ severity: 'error', code: 'blob-missing', text, affects, blob });
  }
}
