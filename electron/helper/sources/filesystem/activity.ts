import { constants } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { throwIfAborted } from '../../../../shared/errors/index.ts';
import type { OpenTree, TreeEntry } from './tree.ts';

/** How long the event loop is held up at a time, ms. */
const turnMs = 15;

export interface Activity {
  /** Entries whose content, attributes or names changed since; one that was removed shows as its folder’s change. */
  readonly changes: number;
  /** Null when nothing did. */
  readonly newestNs: bigint | null;
  readonly tookMs: number;
}

/** Counts what changed in a tree after an instant, by looking only. Nothing is opened but folders. */
export async function countChanges(tree: OpenTree, sinceNs: bigint, signal: AbortSignal): Promise<Activity> {
  const started = performance.now();
  let turnStarted = started;
  let changes = 0;
  let newestNs: bigint | null = null;
  const look = ({ isStandIn, stat: { ctimeNs } }: TreeEntry): void => {
    if (isStandIn || ctimeNs <= sinceNs) return;
    changes += 1;
    if (newestNs === null || ctimeNs > newestNs) newestNs = ctimeNs;
  };
  const root = tree.lookAtRoot();
  look(root);
  const pending: TreeEntry[] = [root];
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    throwIfAborted(signal);
    if (performance.now() - turnStarted > turnMs) {
      await nextTurn();
      turnStarted = performance.now();
    }
    for (const entry of tree.list(directory)) {
      look(entry);
      if ((entry.stat.mode & constants.S_IFMT) === constants.S_IFDIR) pending.push(entry);
    }
  }
  return { changes, newestNs, tookMs: performance.now() - started };
}
