import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LocalBackend } from '../backend/local/local-backend.ts';
import { initRepository, openRepository } from '../open.ts';
import type { Repository } from '../repository.ts';
import { assertHealthy } from '../testing/assert-healthy.ts';
import { describeTree } from '../testing/compare-nodes.ts';
import { testOptions, testPassword } from '../testing/memory-repository.ts';
import { oddTree } from '../testing/odd-tree.ts';
import { ResticPlace } from '../testing/restic-program.ts';
import { SeededRandom } from '../testing/seeded-random.ts';
import { judges } from '../testing/thorough.ts';
import { dir, file, storeSnapshot } from '../testing/tree-literal.ts';
import type { CopyReport } from './copy-snapshots.ts';

const someFiles = fileURLToPath(new URL('..', import.meta.url));

for (const { title, path, minor } of judges()) {
  describe.skipIf(path === undefined)(`copying, together with ${title}`, () => {
    let from: ResticPlace;
    let to: ResticPlace;

    beforeEach(() => {
      from = new ResticPlace(path ?? '', testPassword);
      to = new ResticPlace(path ?? '', 'another');
    });
    afterEach(() => {
      from.dispose();
      to.dispose();
    });

    const theirs = (): Promise<Repository> => openRepository(new LocalBackend(from.root), testOptions);
    const ours = (): Promise<Repository> =>
      openRepository(new LocalBackend(to.root), { ...testOptions, password: 'another' });
    const makeTheirs = (): Promise<Repository> => initRepository(new LocalBackend(from.root), testOptions);
    const makeOurs = (): Promise<Repository> =>
      initRepository(new LocalBackend(to.root), { ...testOptions, password: 'another' });

    async function copy(): Promise<CopyReport> {
      const [source, target] = [await theirs(), await ours()];
      return source.locks.withLock({ mode: 'shared' }, (one) =>
        target.locks.withLock({ mode: 'shared' }, (other) => target.copyFrom(source, { source: one, target: other })),
      );
    }

    /** `restic copy` from `from` to `to`; the password files lie beside the repositories. */
    function resticCopy(): Promise<string> {
      return to.restic('copy', '--from-repo', from.root, '--from-password-file', join(from.folder, 'password'));
    }

    async function trees(repository: Repository): Promise<unknown> {
      const { snapshots } = await repository.snapshots.list();
      const described: unknown[] = [];
      for (const { tree, timeNs, tags, paths } of snapshots)
        described.push([timeNs, tree, tags, paths, await describeTree(repository, tree)]);
      return described;
    }

    it('what restic stored, in either format version, arrives whole and restic reads it', async () => {
      for (const version of ['2', '1']) {
        from.dispose();
        to.dispose();
        from = new ResticPlace(path ?? '', testPassword);
        to = new ResticPlace(path ?? '', 'another');
        await from.restic('init', '--repository-version', version);
        const source = join(from.folder, 'files');
        cpSync(someFiles, source, { recursive: true });
        writeFileSync(join(source, 'noise'), new SeededRandom(96).bytes(3_000_000));
        await from.restic('backup', source, '--tag', 'one');
        writeFileSync(join(source, 'more'), 'more');
        await from.restic('backup', source);
        await makeOurs();
        expect(await copy()).toMatchObject({ failed: [], known: [] });
        expect(await trees(await ours())).toEqual(await trees(await theirs()));
        await to.restic('check', '--read-data');
        await assertHealthy(await ours());
        const packs = async (place: ResticPlace) =>
          (await new LocalBackend(place.root).list('pack')).reduce((sum, { size }) => sum + size, 0);
        if (version === '2') expect((await packs(to)) / (await packs(from))).toBeLessThan(1.02);
        else expect((await packs(to)) / (await packs(from))).toBeLessThan(0.95);
        expect(await copy()).toMatchObject({ copied: [], bytes: 0 });
      }
    });

    it('what we stored arrives in a repository that restic made, in either format version', async () => {
      for (const version of ['2', '1']) {
        to.dispose();
        to = new ResticPlace(path ?? '', 'another');
        if (version === '2') {
          const repository = await makeTheirs();
          await storeSnapshot(repository, oddTree({ nonUtf8Links: minor >= 16 }));
        }
        await to.restic('init', '--repository-version', version);
        expect((await copy()).copied).toHaveLength(1);
        await to.restic('check', '--read-data');
        expect(await trees(await ours())).toEqual(await trees(await theirs()));
      }
    });

    it('each knows the copies that the other made, and copies them no second time', async () => {
      const repository = await makeTheirs();
      await storeSnapshot(repository, { a: file('a'.repeat(10_000)), b: dir({ c: file('c') }) }, { tags: ['x', 'y'] });
      await makeOurs();
      expect((await copy()).copied).toHaveLength(1);
      await resticCopy();
      expect((await (await ours()).snapshots.list()).snapshots).toHaveLength(1);
      await storeSnapshot(repository, { d: file('d') }, { timeNs: 1_700_000_000_000_000_000n });
      await resticCopy();
      expect((await (await ours()).snapshots.list()).snapshots).toHaveLength(2);
      expect(await copy()).toMatchObject({ copied: [], known: { length: 2 } });
      await to.restic('check', '--read-data');
    });

    it('restic copies what was copied here, and it is the same', async () => {
      await storeSnapshot(await makeTheirs(), oddTree({ nonUtf8Links: minor >= 16 }));
      await makeOurs();
      await copy();
      const third = new ResticPlace(path ?? '', 'a third');
      try {
        await third.restic('init');
        await third.restic('copy', '--from-repo', to.root, '--from-password-file', join(to.folder, 'password'));
        await third.restic('check', '--read-data');
        const opened = await openRepository(new LocalBackend(third.root), { ...testOptions, password: 'a third' });
        expect(await trees(opened)).toEqual(await trees(await theirs()));
      } finally {
        third.dispose();
      }
    });
  });
}
