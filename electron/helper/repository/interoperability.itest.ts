import {
  chownSync,
  cpSync,
  linkSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BlobId } from '../../../shared/domain/ids.ts';
import { LocalBackend } from './backend/local/local-backend.ts';
import { encodeTree } from './format/tree.ts';
import { initRepository, openRepository } from './open.ts';
import type { Repository } from './repository.ts';
import type { Snapshot } from './snapshots/snapshots.ts';
import { assertHealthy } from './testing/assert-healthy.ts';
import { describeTree } from './testing/compare-nodes.ts';
import { testOptions, testPassword } from './testing/memory-repository.ts';
import { oddNames, oddTree } from './testing/odd-tree.ts';
import { ResticPlace, resticBinaries } from './testing/restic-program.ts';
import { SeededRandom } from './testing/seeded-random.ts';
import { dir, file, storeSnapshot } from './testing/tree-literal.ts';

const isRoot = process.getuid?.() === 0;

for (const { title, path, minor } of resticBinaries()) {
  describe.skipIf(path === undefined)(`together with ${title}`, () => {
    let place: ResticPlace;

    beforeEach(() => {
      place = new ResticPlace(path ?? '', testPassword);
    });
    afterEach(() => place.dispose());

    const backend = (): LocalBackend => new LocalBackend(place.root);
    const ours = (): Promise<Repository> => initRepository(backend(), testOptions);
    const opened = (): Promise<Repository> => openRepository(backend(), testOptions);

    it.skipIf(!isRoot)(
      'what we write is checked, listed and restored by restic without a difference (needs root)',
      async () => {
        const repository = await ours();
        const snapshot = await storeSnapshot(repository, oddTree({ nonUtf8Links: minor >= 16 }));
        await assertHealthy(repository);
        await place.restic('check', '--read-data');
        const target = join(place.folder, 'restored');
        await place.restic('restore', snapshot.id, '--target', target);
        await place.restic('backup', target);
        const found = (await latest(repository)) as Snapshot;
        const restored = await treeAt(repository, found.tree, target);
        const expected = await describeTree(repository, snapshot.tree);
        expect(Object.keys(expected).length).toBeGreaterThan(35);
        expect(await describeTree(repository, restored)).toEqual(expected);
      },
    );

    it.each(minor >= 14 ? ['2', '1'] : ['2'])(
      'what restic writes in format %s we list, read and check',
      async (version) => {
        const source = join(place.folder, 'source');
        makeSource(source);
        await place.restic('init', '--repository-version', version);
        await place.restic('backup', source);
        const repository = await opened();
        const report = await assertHealthy(repository);
        expect(report).toMatchObject({ snapshots: 1, readAllData: true });
        expect(report.blobs).toBeGreaterThan(10);
        const snapshot = (await latest(repository)) as Snapshot;
        expect(snapshot.paths).toEqual([source]);
        const described = await describeTree(repository, await treeAt(repository, snapshot.tree, source));
        expect(Object.keys(described).length).toBe(oddNames.length + 8);
        expect(described['/two']).toContain('same as /one');
      },
    );

    it('a tree that restic wrote has the same bytes when we write it', async () => {
      const source = join(place.folder, 'source');
      makeSource(source);
      await place.restic('init');
      await place.restic('backup', source);
      const repository = await opened();
      const snapshot = (await latest(repository)) as Snapshot;
      const trees = [snapshot.tree];
      for await (const { node } of repository.walk(snapshot.tree)) if (node.subtree) trees.push(node.subtree);
      expect(trees.length).toBeGreaterThan(3);
      for (const tree of trees) {
        const again = encodeTree((await repository.loadTree(tree)).nodes).toString();
        expect(again).toBe((await repository.loadBlob('tree', tree)).toString());
      }
    });

    it('both write to one repository, in either format version, and neither loses anything', async () => {
      for (const version of ['2', '1']) {
        rmSync(place.root, { recursive: true, force: true });
        await place.restic('init', '--repository-version', version);
        const source = join(place.folder, `source ${version}`);
        makeSource(source);
        await place.restic('backup', source);
        const repository = await opened();
        await storeSnapshot(repository, { mine: file('a'.repeat(100_000)) });
        await place.restic('backup', source);
        await place.restic('check', '--read-data');
        expect(await assertHealthy(await opened())).toMatchObject({ snapshots: 3 });
      }
    });

    it('restic backs up over ours and finds our files again', async () => {
      const repository = await ours();
      const content = new SeededRandom(51).bytes(400_000);
      await storeSnapshot(repository, { big: file(content) });
      const source = join(place.folder, 'source');
      mkdirSync(source);
      writeFileSync(join(source, 'big'), content);
      const before = (await repository.backend.list('pack')).reduce((sum, { size }) => sum + size, 0);
      await place.restic('backup', source);
      const after = (await repository.backend.list('pack')).reduce((sum, { size }) => sum + size, 0);
      expect(after - before).toBeLessThan(20_000);
      await place.restic('check', '--read-data');
      await assertHealthy(await opened());
    });

    it('a password added by either opens in the other', async () => {
      const repository = await ours();
      await repository.keys.add('from us');
      place.setPassword('from us');
      await place.restic('snapshots');
      const added = join(place.folder, 'new password');
      writeFileSync(added, 'from restic');
      await place.restic('key', 'add', '--new-password-file', added);
      const again = await openRepository(backend(), { ...testOptions, password: 'from restic' });
      expect(again.id).toBe(repository.id);
      expect((await again.keys.list()).length).toBe(3);
      await again.keys.changePassword('changed');
      place.setPassword('changed');
      await place.restic('snapshots');
      place.setPassword('from restic');
      expect((await place.tryRestic('snapshots')).code).not.toBe(0);
    });

    it('the configuration and a real password hash are ones that restic accepts', async () => {
      const repository = await initRepository(backend(), { password: testPassword });
      const config = JSON.parse(await place.restic('cat', 'config'));
      expect(config).toMatchObject({ version: 2, id: repository.id });
      expect(await place.restic('check')).toContain('no errors');
    });

    it('a lock that restic holds keeps our exclusive lock out, and names it', async () => {
      const repository = await ours();
      const running = place.start('backup', '--stdin', '--stdin-filename', 'piped');
      try {
        await untilLocked(repository);
        const exclusive = repository.locks.acquire({ mode: 'exclusive' });
        await expect(exclusive).rejects.toMatchObject({ kind: 'repository-locked', context: { pid: running.pid } });
        const shared = await repository.locks.acquire({ mode: 'shared' });
        await shared.release();
        const waited: number[] = [];
        const waiting = repository.locks.acquire({
          mode: 'exclusive',
          waitMs: 60_000,
          onWait: (holders) => {
            waited.push(...holders.map(({ pid }) => pid));
            running.stdin?.end('the end');
          },
        });
        await (await waiting).release();
        expect(waited).toContain(running.pid);
      } finally {
        running.kill('SIGKILL');
      }
    });

    it('a lock of a restic that was killed does not keep us out', async () => {
      const repository = await ours();
      const running = place.start('backup', '--stdin', '--stdin-filename', 'piped');
      await untilLocked(repository);
      const ended = new Promise((resolve) => running.once('exit', resolve));
      running.kill('SIGKILL');
      await ended;
      expect((await repository.locks.list()).map(({ stale }) => stale)).toEqual([true]);
      await repository.locks.withLock({ mode: 'exclusive' }, async () => {});
      expect(await repository.locks.list()).toEqual([]);
    });

    it('a lock that we hold keeps restic out', async () => {
      const repository = await ours();
      const source = join(place.folder, 'source');
      makeSource(source);
      await repository.locks.withLock({ mode: 'exclusive' }, async () => {
        const refused = await place.tryRestic('backup', source);
        expect(refused.code).not.toBe(0);
        expect(refused.stderr).toContain(`PID ${process.pid}`);
      });
      await repository.locks.withLock({ mode: 'shared' }, async () => {
        await place.restic('backup', source);
        expect((await place.tryRestic('prune')).code).not.toBe(0);
      });
      await place.restic('prune');
    });

    it('a prune by restic after a forget by either leaves what remains whole', async () => {
      const repository = await ours();
      const random = new SeededRandom(61);
      const shared = random.bytes(700_000);
      const kept = await storeSnapshot(repository, {
        kept: file(shared),
        sub: dir({ own: file(random.bytes(300_000)) }),
      });
      const gone = await storeSnapshot(
        repository,
        { other: file(random.bytes(700_000)), kept: file(shared) },
        { paths: ['/b'] },
      );
      const alsoGone = await storeSnapshot(repository, { third: file(random.bytes(600_000)) }, { paths: ['/c'] });
      await place.restic('forget', gone.id);
      await repository.locks.withLock({ mode: 'exclusive' }, (lock) =>
        repository.snapshots.remove(lock, [alsoGone.id]),
      );
      const before = (await repository.backend.list('pack')).reduce((sum, { size }) => sum + size, 0);
      await place.restic('prune', '--max-unused', '0');
      const after = (await repository.backend.list('pack')).reduce((sum, { size }) => sum + size, 0);
      expect(before - after).toBeGreaterThan(1_000_000);
      const again = await opened();
      expect(await assertHealthy(again)).toMatchObject({ snapshots: 1, findings: [] });
      expect(Object.keys(await describeTree(again, kept.tree))).toEqual(['/kept', '/sub', '/sub/own']);
      await place.restic('check', '--read-data');
    });

    it('tags set by either are seen by the other', async () => {
      const repository = await ours();
      const snapshot = await storeSnapshot(
        repository,
        { a: file('a') },
        { tags: ['stillpoint:1', 'level:filesystem'] },
      );
      const pinned = await repository.locks.withLock({ mode: 'shared' }, (lock) =>
        repository.snapshots.rewriteTags(lock, snapshot.id, (tags) => [...tags, 'pin']),
      );
      const seen = JSON.parse(await place.restic('snapshots', '--json', '--tag', 'pin'));
      expect(seen).toMatchObject([
        { id: pinned.id, original: snapshot.id, tags: ['stillpoint:1', 'level:filesystem', 'pin'] },
      ]);
      await place.restic('tag', '--add', 'by restic', pinned.id);
      expect((await latest(await opened()))?.tags).toContain('by restic');
      await place.restic('check', '--read-data');
    });

    it('an index that restic rebuilt is as good as ours', async () => {
      const repository = await ours();
      await storeSnapshot(repository, { a: file('a'), b: dir({ c: file('c'.repeat(10_000)) }) });
      await place.restic(...(minor >= 16 ? ['repair', 'index'] : ['rebuild-index']));
      expect(await assertHealthy(await opened())).toMatchObject({ snapshots: 1, findings: [] });
    });

    it('a copy of the folder without its empty folders still works', async () => {
      await storeSnapshot(await ours(), { a: file('a') });
      const copy = join(place.folder, 'copy');
      cpSync(place.root, copy, { recursive: true });
      for (const folder of readdirSync(join(copy, 'data'))) {
        if (readdirSync(join(copy, 'data', folder)).length === 0)
          rmSync(join(copy, 'data', folder), { recursive: true });
      }
      rmSync(join(copy, 'locks'), { recursive: true });
      const repository = await openRepository(new LocalBackend(copy), testOptions);
      await storeSnapshot(repository, { b: file('b'.repeat(1000)) });
      expect(await assertHealthy(repository)).toMatchObject({ snapshots: 2 });
    });
  });
}

async function latest(repository: Repository): Promise<Snapshot | undefined> {
  return (await repository.snapshots.list()).snapshots.at(-1);
}

/** The tree of a folder that restic stored under its absolute path. */
async function treeAt(repository: Repository, root: BlobId, path: string): Promise<BlobId> {
  await repository.loadIndex();
  let tree = root;
  for (const name of path.split('/').filter(Boolean)) {
    const node = (await repository.loadTree(tree)).nodes.find((entry) => entry.name.toString() === name);
    if (!node?.subtree) throw new Error(`no folder ${name} of ${path} in the snapshot`);
    tree = node.subtree;
  }
  return tree;
}

async function untilLocked(repository: Repository): Promise<void> {
  while ((await repository.locks.list()).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** A folder as a user may have it: odd names, links, several sizes. */
function makeSource(folder: string): void {
  const random = new SeededRandom(71);
  mkdirSync(join(folder, 'sub', 'empty'), { recursive: true });
  for (const [number, name] of oddNames.entries()) {
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/sub/`), name]), `content ${number}`);
  }
  writeFileSync(join(folder, 'big'), random.bytes(3_000_000));
  writeFileSync(join(folder, 'zeros'), Buffer.alloc(9_000_000));
  writeFileSync(join(folder, 'one'), 'linked');
  linkSync(join(folder, 'one'), join(folder, 'two'));
  symlinkSync('<one> & "two"', join(folder, 'link'));
  writeFileSync(join(folder, 'old'), 'old');
  utimesSync(join(folder, 'old'), 0, 0.123456);
  if (isRoot) chownSync(join(folder, 'old'), 4242, 4242);
}
