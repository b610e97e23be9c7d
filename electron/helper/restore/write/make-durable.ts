import { constants, fsync } from 'node:fs';
import { promisify } from 'node:util';
import type { Put } from './put.ts';
import type { RestoreContext } from './restore-context.ts';

const syncFile = promisify(fsync);
const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;

/**
 * Everything that was made for `puts`, and everything that was put in place before, is durable when this resolves: the journal
 * may tell then that it was put in place. Files that were synced one by one already are not asked again.
 */
export async function makeDurable(
  { journal, durability, target }: RestoreContext,
  puts: readonly Put[],
): Promise<void> {
  try {
    await durability.sync();
  } catch {
    // Perhaps over what somebody else could not write: each of ours is asked.
    for (const { item, temp, staged } of puts) {
      if (staged?.node.type !== 'file') continue;
      const fd = staged.fd ?? target.ops.openSync(target.entry(item.in, temp), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
      try {
        await syncFile(fd);
      } finally {
        if (staged.fd === null) target.ops.closeSync(fd);
      }
    }
    await durability.syncOneByOne();
  }
  journal.release();
}
