import { evidenceSchema } from '../../../shared/domain/evidence.ts';
import type { RepositoryId, SnapshotId } from '../../../shared/domain/ids.ts';
import type { Change } from '../../../shared/domain/snapshot.ts';
import { withPin } from '../../../shared/domain/snapshot-tags.ts';
import { nsToInstant } from '../../../shared/domain/time.ts';
import { readEvidence } from '../pipeline/read-evidence.ts';
import { requireMayGo } from '../pipeline/stays.ts';
import type { Repository, Snapshot } from '../repository/index.ts';
import type { Handlers } from '../server/service.ts';
import type { HelperContext } from './context.ts';
import { diffTrees } from './snapshots/diff-trees.ts';
import { folderAt, nodeAt } from './snapshots/find-node.ts';
import { readFileRange } from './snapshots/read-file.ts';
import { summaryOf } from './snapshots/summary.ts';
import { treePage } from './snapshots/tree-page.ts';
import { undoIds } from './undo-ids.ts';

type SnapshotHandlers = Pick<Handlers, Extract<keyof Handlers, `snapshots.${string}`>>;

const lockPatienceMs = 30_000;
const pathsPerEvent = 1_000;

export function snapshotHandlers(context: Pick<HelperContext, 'restores' | 'sessions'>): SnapshotHandlers {
  const { sessions } = context;
  /** The last comparison, so that its pages fit together and cost one walk. */
  let compared: { readonly key: string; readonly changes: readonly Change[] } | null = null;

  async function readable(
    repositoryId: RepositoryId,
    snapshotId: SnapshotId,
  ): Promise<{ readonly repository: Repository; readonly snapshot: Snapshot }> {
    const repository = await sessions.opened(repositoryId);
    const snapshot = await repository.snapshots.load(snapshotId);
    // Another program may have added it after we read the index.
    if (!repository.hasBlob('tree', snapshot.tree))
      await sessions.inTurn(repositoryId, () => repository.loadIndexToRead());
    return { repository, snapshot };
  }

  return {
    'snapshots.list': async ({ repositoryId, offset, limit }, { signal }) => {
      const repository = await sessions.opened(repositoryId);
      const { snapshots } = await repository.snapshots.list(signal);
      const page = snapshots.slice(offset, offset + limit);
      return { snapshots: page.map((snapshot) => summaryOf(repositoryId, snapshot)), total: snapshots.length };
    },
    'snapshots.evidence': async ({ repositoryId, snapshotId }) => {
      const { repository, snapshot } = await readable(repositoryId, snapshotId);
      const evidence = evidenceSchema.safeParse(await readEvidence(repository, snapshot.tree));
      return { evidence: evidence.data ?? null };
    },
    'snapshots.tree': async ({ repositoryId, snapshotId, path, offset, limit }) => {
      const { repository, snapshot } = await readable(repositoryId, snapshotId);
      return treePage(await folderAt(repository, snapshot.tree, path), offset, limit);
    },
    'snapshots.paths': async ({ repositoryId, snapshotId }, { signal, emit }) => {
      const { repository, snapshot } = await readable(repositoryId, snapshotId);
      let total = 0;
      let entries: { path: string; type: Change['type']; size: number; modifiedAt: string }[] = [];
      for await (const { path, node } of repository.walk(snapshot.tree, signal)) {
        entries.push({
          path,
          type: node.type,
          size: Number(node.size),
          modifiedAt: nsToInstant(node.mtimeNs < 0n ? 0n : node.mtimeNs),
        });
        total++;
        if (entries.length < pathsPerEvent) continue;
        await emit({ type: 'paths', entries });
        entries = [];
      }
      if (entries.length > 0) await emit({ type: 'paths', entries });
      return { total };
    },
    'snapshots.read': async ({ repositoryId, snapshotId, path, offset, length }, { signal }) => {
      const { repository, snapshot } = await readable(repositoryId, snapshotId);
      const node = await nodeAt(repository, snapshot.tree, path);
      const bytes = await readFileRange(repository, node, offset, length, signal);
      return { base64: bytes.toString('base64'), size: Number(node.size) };
    },
    'snapshots.diff': async ({ repositoryId, before, after, offset, limit }, { signal }) => {
      const key = `${repositoryId} ${before} ${after}`;
      if (compared?.key !== key) {
        const old = await readable(repositoryId, before);
        const young = await readable(repositoryId, after);
        const changes = await diffTrees(old.repository, old.snapshot.tree, young.snapshot.tree, signal);
        compared = { key, changes };
      }
      return { changes: compared.changes.slice(offset, offset + limit), total: compared.changes.length };
    },
    'snapshots.setPinned': async ({ repositoryId, snapshotId, pinned }, { signal }) => {
      const repository = await sessions.opened(repositoryId);
      const snapshot = await repository.locks.withLock({ mode: 'shared', signal, waitMs: lockPatienceMs }, (lock) =>
        repository.snapshots.rewriteTags(lock, snapshotId, (tags) => withPin(tags, pinned)),
      );
      return summaryOf(repositoryId, snapshot);
    },
    'snapshots.remove': async ({ repositoryId, snapshotId }, { signal }) => {
      const repository = await sessions.opened(repositoryId);
      await repository.locks.withLock({ mode: 'exclusive', signal, waitMs: lockPatienceMs }, async (lock) => {
        // One that cannot be read goes by its name alone: nothing is lost with it that could be had.
        const { snapshots } = await repository.snapshots.list(signal);
        const going = snapshots.filter(({ id }) => id === snapshotId);
        requireMayGo(going, { undoIds: undoIds(context), field: 'snapshotId' });
        await repository.snapshots.remove(lock, [snapshotId], signal);
      });
      return {};
    },
  };
}
