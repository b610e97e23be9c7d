import { expect, it } from 'vitest';
import type { UndoableRestore } from '../../../shared/domain/restore.ts';
import { idsIn, idsOf, madeDaysAgo, signal } from '../pipeline/testing/kept-world.ts';
import type { Repository } from '../repository/index.ts';
import { memoryRepository } from '../repository/testing/memory-repository.ts';
import type { HelperContext } from './context.ts';
import { snapshotHandlers } from './snapshot-handlers.ts';

/** The handlers over one open repository, and what of its restores can be taken back. */
function handlersOver(repository: Repository, undoable: readonly Pick<UndoableRestore, 'safetySnapshotId'>[] = []) {
  const context = { sessions: { opened: async () => repository }, restores: { undoable: () => undoable } };
  const handlers = snapshotHandlers(context as unknown as HelperContext);
  return (snapshotId: string) =>
    handlers['snapshots.remove']({ repositoryId: repository.id, snapshotId } as never, { signal } as never);
}

it('deletes the snapshot that is named, and no other', async () => {
  const { repository } = await memoryRepository();
  const [one, other] = [await madeDaysAgo(repository, 3), await madeDaysAgo(repository, 1)];
  expect(await handlersOver(repository)(one.id)).toEqual({});
  expect(await idsIn(repository)).toEqual(idsOf(other));
});

it('refuses one that is pinned', async () => {
  const { repository } = await memoryRepository();
  const pinned = await madeDaysAgo(repository, 3, { pinned: true });
  await expect(handlersOver(repository)(pinned.id)).rejects.toMatchObject({
    kind: 'bad-input',
    message: `Nothing was deleted: snapshot ${pinned.id.slice(0, 8)} is pinned.`,
    guidance: 'Unpin it first if it may really go.',
    field: 'snapshotId',
  });
  expect(await idsIn(repository)).toEqual(idsOf(pinned));
});

it('refuses a safety snapshot while a restore can be taken back with it, and not afterwards', async () => {
  const { repository } = await memoryRepository();
  const safety = await madeDaysAgo(repository, 3, { safety: true });
  await expect(handlersOver(repository, [{ safetySnapshotId: safety.id }])(safety.id)).rejects.toMatchObject({
    message: expect.stringContaining('is needed to take a restore back'),
  });
  expect(await idsIn(repository)).toEqual(idsOf(safety));
  await handlersOver(repository)(safety.id);
  expect(await idsIn(repository)).toEqual([]);
});
