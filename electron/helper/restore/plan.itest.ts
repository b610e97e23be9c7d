import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../../shared/domain/evidence.ts';
import { restorePlanSchema } from '../../../shared/domain/restore.ts';
import { initRepository, LocalBackend } from '../repository/index.ts';
import { testOptions } from '../repository/testing/memory-repository.ts';
import { evidenceWith } from './testing/evidence.ts';
import { observeTree } from './testing/observe-tree.ts';
import { RestoreScene } from './testing/restore-scene.ts';

function makeSource(scene: RestoreScene, name = 'docs'): string {
  const source = scene.make(name);
  mkdirSync(`${source}/sub/deep`, { recursive: true });
  writeFileSync(`${source}/a.txt`, 'a\n');
  writeFileSync(`${source}/sub/deep/b.txt`, 'b\n');
  return source;
}

describe('a plan', () => {
  it('touches nothing, is what the contract says, and lists its entries in pages', async () => {
    using scene = await RestoreScene.open();
    const source = makeSource(scene);
    const snapshot = await scene.backup(source);
    writeFileSync(`${source}/a.txt`, 'changed\n');
    rmSync(`${source}/sub`, { recursive: true });
    const before = observeTree(scene.folder, { top: true });
    const kept = await scene.prepare(snapshot);
    const { plan } = kept;
    expect(observeTree(scene.folder, { top: true })).toEqual(before);
    expect(restorePlanSchema.parse(plan)).toEqual(plan);
    expect(plan).toMatchObject({ bytesToWrite: 4, freeBytes: expect.any(Number) });
    const all = kept.entries({ actions: [], filter: '', offset: 0, limit: 100 });
    expect(all.total).toBe(5);
    expect(all.entries.map(({ path, action }) => `${action} ${path.slice(source.length)}`)).toEqual([
      'same ',
      'replace /a.txt',
      'add /sub',
      'add /sub/deep',
      'add /sub/deep/b.txt',
    ]);
    expect(kept.entries({ actions: ['add'], filter: 'DEEP', offset: 1, limit: 1 })).toEqual({
      total: 2,
      entries: [
        expect.objectContaining({ path: `${source}/sub/deep/b.txt`, sizeThen: 2, sizeNow: null, modifiedNow: null }),
      ],
    });
    expect(await kept.compareText(`${source}/a.txt`)).toEqual({ past: 'a\n', present: 'changed\n' });
    expect(await kept.compareText(`${source}/sub/deep/b.txt`)).toEqual({ past: 'b\n', present: null });
    await expect(kept.compareText('/no/such')).rejects.toMatchObject({ kind: 'bad-input', field: 'path' });
  });

  it('compares only what is text and short', async () => {
    using scene = await RestoreScene.open();
    const source = scene.make('docs');
    writeFileSync(`${source}/binary`, Buffer.from([0x61, 0xff]));
    writeFileSync(`${source}/nul`, 'a\0b');
    writeFileSync(`${source}/long`, 'x'.repeat(256 * 1024 + 1));
    writeFileSync(`${source}/fits`, 'x'.repeat(256 * 1024));
    const prepared = await scene.prepare(await scene.backup(source));
    for (const name of ['binary', 'nul', 'long']) {
      expect(await prepared.compareText(`${source}/${name}`)).toEqual({ past: null, present: null });
    }
    expect((await prepared.compareText(`${source}/fits`)).past).toHaveLength(256 * 1024);
  });

  it.each([
    ['/docs/../../etc/passwd', 'selection'],
    ['/no/such/path', 'selection'],
    ['/', null],
  ])('of the selection %j', async (path, field) => {
    using scene = await RestoreScene.open();
    const source = makeSource(scene);
    const snapshot = await scene.backup(source);
    const preparing = scene.prepare(snapshot, { selection: [path] });
    if (field === null) expect((await preparing).plan.counts.same).toBe(5);
    else await expect(preparing).rejects.toMatchObject({ kind: 'bad-input', field });
  });

  it('of an instant on a log is refused: a folder has none', async () => {
    using scene = await RestoreScene.open();
    const snapshot = await scene.backup(makeSource(scene));
    const request = scene.request(snapshot);
    const point = { ...request.point, instant: { position: '1' } };
    await expect(scene.driver.prepare({ ...request, point }, scene.context())).rejects.toMatchObject({
      field: 'point.instant',
    });
  });

  it('names the program that has a file open which would be replaced', async () => {
    using scene = await RestoreScene.open();
    const source = makeSource(scene);
    const snapshot = await scene.backup(source);
    writeFileSync(`${source}/a.txt`, 'changed');
    const holder = spawn('sh', ['-c', 'exec 3>>"$1"; echo ready; exec sleep 60', 'sh', `${source}/a.txt`], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    try {
      await once(holder.stdout, 'data');
      const { plan } = await scene.prepare(snapshot);
      const warning = plan.warnings.find(({ code }) => code === 'open-file');
      expect(warning).toMatchObject({ asks: true, paths: [`${source}/a.txt`] });
      expect(warning?.text).toContain('sleep');
    } finally {
      holder.kill('SIGKILL');
    }
  });
});

describe('another folder as the target', () => {
  it('gets the choice by its names below the source', async () => {
    using scene = await RestoreScene.open();
    const source = makeSource(scene);
    const snapshot = await scene.backup(source);
    const path = scene.make('elsewhere');
    const mode = statSync(path).mode;
    const { outcome } = await scene.restore(snapshot, {
      selection: [`${source}/sub/deep/b.txt`],
      target: { kind: 'folder', path },
    });
    expect(outcome.added).toBe(3);
    expect(Object.keys(observeTree(path))).toEqual(['sub', 'sub/deep', 'sub/deep/b.txt']);
    expect(statSync(path).mode).toBe(mode);
  });

  it('keeps several sources apart', async () => {
    using scene = await RestoreScene.open();
    const one = makeSource(scene, 'one');
    const two = makeSource(scene, 'two');
    const first = await scene.repository.snapshots.load(await scene.backup(one));
    const second = await scene.repository.snapshots.load(await scene.backup(two));
    const snapshot = await scene.mergeRoots([one, two], [first.tree, second.tree]);
    const path = scene.make('elsewhere');
    await scene.restore(snapshot, { target: { kind: 'folder', path } });
    expect(readFileSync(`${path}${one}/a.txt`, 'utf8')).toBe('a\n');
    expect(readFileSync(`${path}${two}/sub/deep/b.txt`, 'utf8')).toBe('b\n');
    rmSync(`${one}/a.txt`);
    rmSync(`${two}/a.txt`);
    const { outcome } = await scene.restore(snapshot);
    expect(outcome).toMatchObject({ added: 2, replaced: 0 });
    expect(existsSync(`${two}/a.txt`)).toBe(true);
  });

  it('may be reached over a link', async () => {
    using scene = await RestoreScene.open();
    const snapshot = await scene.backup(makeSource(scene));
    const real = scene.make('real');
    symlinkSync(real, scene.path('by-link'));
    await scene.restore(snapshot, { target: { kind: 'folder', path: scene.path('by-link') } });
    expect(existsSync(`${real}/sub/deep/b.txt`)).toBe(true);
  });

  it('is asked about where the original place is reached over a link by now', async () => {
    using scene = await RestoreScene.open();
    const source = makeSource(scene);
    const snapshot = await scene.backup(source);
    const elsewhere = scene.make('elsewhere');
    rmSync(source, { recursive: true });
    symlinkSync(elsewhere, source);
    const { plan } = await scene.prepare(snapshot, { mode: 'exact' });
    expect(plan.warnings).toContainEqual(expect.objectContaining({ asks: true, paths: [source, elsewhere] }));
  });

  it('cannot be where Stillpoint keeps its own data', async () => {
    using scene = await RestoreScene.open();
    const snapshot = await scene.backup(makeSource(scene));
    scene.ownPaths.push(scene.make('own'));
    const preparing = scene.prepare(snapshot, { target: { kind: 'folder', path: scene.path('own', 'inside') } });
    await expect(preparing).rejects.toMatchObject({ kind: 'bad-input', field: 'target' });
  });
});

describe('what is never deleted or replaced', () => {
  it('is the repository, even inside what shall be exactly as it was', async () => {
    using scene = await RestoreScene.open();
    const source = makeSource(scene);
    const snapshot = await scene.backup(source);
    mkdirSync(`${source}/backups`);
    await initRepository(new LocalBackend(`${source}/backups/repository`), testOptions);
    writeFileSync(`${source}/backups/other`, 'other');
    scene.ownPaths.push(`${source}/backups/repository`);
    const before = observeTree(`${source}/backups/repository`);
    const prepared = await scene.prepare(snapshot, { mode: 'exact' });
    expect(prepared.plan.warnings).toContainEqual(expect.objectContaining({ code: 'own-data' }));
    await scene.run(prepared);
    expect(observeTree(`${source}/backups/repository`)).toEqual(before);
    expect(existsSync(`${source}/backups/other`)).toBe(false);
  });

  const extras = ['excluded', 'unreadable', 'extra'];

  async function exactWith(scene: RestoreScene, source: string, evidence: (source: string) => Evidence) {
    const snapshot = await scene.backup(source, { evidence: evidence(source) });
    for (const name of extras) {
      mkdirSync(`${source}/${name}`);
      writeFileSync(`${source}/${name}/file`, name);
    }
    return scene.restore(snapshot, { mode: 'exact' });
  }

  it('is what the snapshot itself left out or could not read', async () => {
    using scene = await RestoreScene.open();
    const source = makeSource(scene);
    const { outcome } = await exactWith(scene, source, (path) =>
      evidenceWith({
        leftOut: [{ path: `${path}/excluded`, reason: 'excluded' }],
        unreadable: [{ path: `${path}/unreadable/file`, reason: 'no right' }],
      }),
    );
    expect(outcome.deleted).toBe(2);
    expect(existsSync(`${source}/excluded/file`)).toBe(true);
    expect(existsSync(`${source}/unreadable/file`)).toBe(true);
    expect(existsSync(`${source}/extra`)).toBe(false);
  });

  it('is anything, when the snapshot does not know all that it left out', async () => {
    using scene = await RestoreScene.open();
    const source = makeSource(scene);
    const { outcome } = await exactWith(scene, source, () => evidenceWith({ leftOut: [], leftOutTotal: 5 }));
    expect(outcome.deleted).toBe(0);
    for (const name of extras) expect(existsSync(`${source}/${name}/file`)).toBe(true);
  });

  it('is anything, when its rules are in words that nobody here understands', async () => {
    using scene = await RestoreScene.open();
    const source = makeSource(scene);
    const excludeRules = JSON.stringify({ version: 2, rules: ['anything'] });
    const { outcome } = await exactWith(scene, source, () => ({ ...evidenceWith({}), detail: { excludeRules } }));
    expect(outcome.deleted).toBe(0);
    for (const name of extras) expect(existsSync(`${source}/${name}/file`)).toBe(true);
  });

  it('is anything, in a snapshot of another program that had excludes', async () => {
    using scene = await RestoreScene.open();
    const source = makeSource(scene);
    const snapshot = await scene.backup(source, { excludes: ['*.tmp'] });
    writeFileSync(`${source}/work.tmp`, 'tmp');
    const { plan } = await scene.prepare(snapshot, { mode: 'exact' });
    expect(plan.counts.delete).toBe(0);
  });
});

describe('a file that changed while the snapshot was taken', () => {
  it('is asked about before it replaces anything', async () => {
    using scene = await RestoreScene.open();
    const source = makeSource(scene);
    const snapshot = await scene.backup(source, {
      evidence: evidenceWith({ torn: [{ path: `${source}/a.txt`, reason: 'x' }] }),
    });
    expect((await scene.prepare(snapshot)).plan.warnings).toEqual([]);
    writeFileSync(`${source}/a.txt`, 'changed');
    expect((await scene.prepare(snapshot)).plan.warnings).toContainEqual(
      expect.objectContaining({ code: 'torn-file', asks: true, paths: [`${source}/a.txt`] }),
    );
  });
});
