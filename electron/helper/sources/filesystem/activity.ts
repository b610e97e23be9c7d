import { constants } from 'node:fs';
import type { Activity } from '../contract.ts';
import type { OpenTree, TreeEntry } from './tree.ts';
import { Turns } from './turns.ts';

/** Counts what changed in a tree after an instant, by looking only. Nothing is opened but folders. */
export async function countChanges(tree: OpenTree, sinceNs: bigint, signal: AbortSignal): Promise<Activity> {
  const turns = new Turns(signal);
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
    await turns.pause();
    for (const entry of await tree.listInTurns(directory, turns)) {
      look(entry);
      if ((entry.stat.mode & constants.S_IFMT) === constants.S_IFDIR) pending.push(entry);
    }
  }
  return { changes, newestNs, tookMs: turns.tookMs };
}
