import { chmodSync, chownSync, lchownSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { SnapshotId } from '../../../shared/domain/ids.ts';
import { plainFileOps } from '../system/file-ops.ts';
import { linksOnTheWay } from './plan/links-on-the-way.ts';
import { observeTree } from './testing/observe-tree.ts';
import { RestoreScene } from './testing/restore-scene.ts';

const other = 1234;
const missing = process.getuid?.() === 0 ? undefined : 'needs root';

interface Linked {
  readonly snapshot: SnapshotId;
  /** What was backed up, now a link. */
  readonly source: string;
  readonly home: string;
  /** Where that leads. */
  readonly elsewhere: string;
}

/** `home/docs` was backed up and moved away since; a link stands there. All of it is root's. */
async function linked(scene: RestoreScene, isOurs = true): Promise<Linked> {
  const home = scene.make('home');
  const source = scene.make('home', 'docs');
  writeFileSync(`${source}/a`, 'a');
  const snapshot = await scene.backup(source, { isOurs });
  const elsewhere = scene.path('elsewhere');
  renameSync(source, elsewhere);
  writeFileSync(`${elsewhere}/a`, 'changed');
  writeFileSync(`${elsewhere}/later`, 'later');
  symlinkSync(elsewhere, source);
  return { snapshot, source, home, elsewhere };
}

describe.skipIf(missing !== undefined)(missing ?? 'a restore by root to where a link stands now', () => {
  async function refuses(scene: RestoreScene, { snapshot, elsewhere }: Linked, link: string): Promise<void> {
    const before = observeTree(elsewhere, { top: true });
    await expect(scene.prepare(snapshot, { mode: 'exact' })).rejects.toMatchObject({
      kind: 'target-escapes',
      message: expect.stringContaining(link),
      guidance: expect.stringMatching(new RegExp(`another folder.*remove the link ${link} `)),
      context: { link, place: elsewhere },
    });
    expect(observeTree(elsewhere, { top: true })).toEqual(before);
  }

  it('is refused when the link is somebody else’s, and names it and what to do', async () => {
    using scene = await RestoreScene.open();
    const place = await linked(scene);
    lchownSync(place.source, other, other);
    await refuses(scene, place, place.source);
  });

  it('is refused when somebody else owns a folder above the link', async () => {
    using scene = await RestoreScene.open();
    const place = await linked(scene);
    chownSync(place.home, other, other);
    await refuses(scene, place, place.source);
  });

  it.each([0o770, 0o757])('is refused when a folder above the link is open to others: %o', async (mode) => {
    using scene = await RestoreScene.open();
    const place = await linked(scene);
    chmodSync(place.home, mode);
    await refuses(scene, place, place.source);
  });

  it('is refused when root’s link leads over one of somebody else’s', async () => {
    using scene = await RestoreScene.open();
    const place = await linked(scene);
    const second = scene.path('second');
    symlinkSync(place.elsewhere, second);
    lchownSync(second, other, other);
    rmSync(place.source);
    symlinkSync('../second', place.source);
    await refuses(scene, place, second);
  });

  it('is asked about where link and folders are root’s alone, one in a place like /tmp too', async () => {
    using scene = await RestoreScene.open();
    const { snapshot, source, home, elsewhere } = await linked(scene);
    for (const mode of [0o755, 0o1777]) {
      chmodSync(home, mode);
      const { plan } = await scene.prepare(snapshot, { mode: 'exact' });
      const text = `${source} is a link by now: what is put back, replaced or deleted is in ${elsewhere}.`;
      expect(plan.warnings).toContainEqual({ code: 'type-change', text, paths: [source, elsewhere], asks: true });
      expect(plan.targets).toEqual([elsewhere]);
    }
  });

  it('may go into another folder, whatever stands at the original place', async () => {
    using scene = await RestoreScene.open();
    const { snapshot, source } = await linked(scene);
    lchownSync(source, other, other);
    const path = scene.make('another');
    const { plan } = await scene.prepare(snapshot, { target: { kind: 'folder', path } });
    expect(plan.warnings.filter(({ asks }) => asks)).toEqual([]);
  });
});

describe('a restore by somebody else to where a link stands now', () => {
  const actor = { uid: other, gid: other, groups: [] };

  it('is asked about, whoever owns the link', async () => {
    using scene = await RestoreScene.open({ actor });
    const { snapshot, source, elsewhere } = await linked(scene);
    lchownSync(source, other, other);
    const { plan } = await scene.prepare(snapshot);
    expect(plan.warnings).toContainEqual(expect.objectContaining({ asks: true, paths: [source, elsewhere] }));
  });

  it('says of a snapshot of another program that nobody knows where the link led then', async () => {
    using scene = await RestoreScene.open({ actor });
    const { snapshot, source, elsewhere } = await linked(scene, false);
    const { plan } = await scene.prepare(snapshot);
    const [asked] = plan.warnings.filter(({ asks, paths }) => asks && paths.includes(source));
    expect(asked?.text).toContain(`${source} is a link: what is put back, replaced or deleted is in ${elsewhere}.`);
    expect(asked?.text).toContain('no snapshot of another program says');
  });

  it('asks nothing where no link is on the way', async () => {
    using scene = await RestoreScene.open({ actor });
    const { snapshot, source, elsewhere } = await linked(scene, false);
    rmSync(source);
    renameSync(elsewhere, source);
    const { plan } = await scene.prepare(snapshot);
    expect(plan.warnings.map(({ text }) => text).join(' ')).not.toContain('link');
  });
});

it('follows a path as the kernel does', async () => {
  using scene = await RestoreScene.open();
  const top = scene.make('top');
  mkdirSync(`${top}/a/b/c`, { recursive: true });
  symlinkSync('../../a/./b', `${top}/a/b/up`);
  symlinkSync(`${top}/a/b/up/c`, `${top}/far`);
  const { place, links } = linksOnTheWay(plainFileOps, Buffer.from(`${top}/far`));
  expect(place.toString()).toBe(`${top}/a/b/c`);
  expect(links.map(({ path }) => path.toString())).toEqual([`${top}/far`, `${top}/a/b/up`]);
});
