import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LocalBackend } from '../repository/backend/local/local-backend.ts';
import { initRepository, nodeFileOps, type Repository } from '../repository/index.ts';
import { assertHealthy } from '../repository/testing/assert-healthy.ts';
import { testPassword } from '../repository/testing/memory-repository.ts';
import { ResticPlace, resticBinaries } from '../repository/testing/restic-program.ts';
import { MemoryFolder } from '../sources/testing/memory-folder.ts';
import { memoryFolderRuns } from './testing/memory-folder-runs.ts';

// Both commands are younger than the oldest restic that is supported.
const canRewrite = resticBinaries().findLast(({ minor }) => minor >= 16);

describe.skipIf(canRewrite === undefined)('what others make of our snapshots between two runs of one helper', () => {
  let place: ResticPlace;
  let repository: Repository;
  let runs: ReturnType<typeof memoryFolderRuns>;

  beforeEach(async () => {
    place = new ResticPlace(canRewrite?.path ?? '', testPassword);
    const backend = new LocalBackend(place.root, nodeFileOps, () => true);
    repository = await initRepository(backend, { password: testPassword, kdf: 'test' });
    const folder = new MemoryFolder();
    for (const path of ['papers/precious', 'papers/other', 'plain']) folder.write(path, `content of ${path}`);
    runs = memoryFolderRuns(repository, folder);
    await runs.run();
    folder.write('plain', 'changed');
  });
  afterEach(() => place.dispose());

  const named = async (): Promise<string[]> => {
    await repository.loadIndex();
    const tree = (await repository.snapshots.list()).snapshots.at(-1)?.tree;
    const paths: string[] = [];
    if (tree !== undefined)
      for await (const { path, node } of repository.walk(tree)) if (node.type === 'file') paths.push(path);
    return paths.filter((path) => path.startsWith('/made-up/')).sort();
  };
  const everything = ['papers/other', 'papers/precious', 'plain'].map((path) => `/made-up/folder/${path}`);

  it('restic rewrite left something out: nothing is taken from there, and all of it is in the next one again', async () => {
    await place.restic('rewrite', '--exclude', 'precious', '--forget');
    expect(await named()).toEqual(everything.filter((path) => !path.endsWith('precious')));
    expect((await runs.run()).read).toEqual(['papers/other', 'papers/precious', 'plain']);
    expect(await named()).toEqual(everything);
    await assertHealthy(repository);
  });

  it('restic repair found nothing, restic tag only tagged: the tree is the one of ours, and is counted from', async () => {
    await place.restic('repair', 'snapshots', '--forget');
    await place.restic('tag', '--add', 'mine');
    expect((await runs.run()).read).toEqual(['plain']);
    expect(await named()).toEqual(everything);
  });

  it('restic repair took out what it had lost: that is read again', async () => {
    const tree = (await repository.snapshots.list()).snapshots.at(-1)?.tree;
    const packs = new Set<string>();
    if (tree !== undefined)
      for await (const { path, node } of repository.walk(tree))
        if (path.endsWith('precious')) for (const id of node.content ?? []) packs.add(await packOf(id));
    expect(packs.size).toBe(1);
    for (const name of packs) await repository.backend.remove({ kind: 'pack', name });
    await place.restic('repair', 'index');
    await place.restic('repair', 'snapshots', '--forget');
    expect((await runs.run()).read).toEqual(['papers/other', 'papers/precious', 'plain']);
    expect(await named()).toEqual(everything);
  });

  const packOf = async (id: string): Promise<string> => {
    const text = await place.restic('find', '--blob', '--show-pack-id', id);
    return /pack[^0-9a-f]+([0-9a-f]{64})/.exec(text)?.[1] ?? '';
  };
});
