import { existsSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { processAbilities } from '../system/capabilities.ts';
import { findProgram } from '../system/exec.ts';
import { openLoopFilesystem, whyNoLoopFilesystem } from '../system/testing/loop-filesystem.ts';
import { makeNastyTree } from './testing/nasty-tree.ts';
import { observeTree } from './testing/observe-tree.ts';
import { RestoreScene } from './testing/restore-scene.ts';

const missing =
  processAbilities().uid !== 0 ? 'needs root' : findProgram('setfacl') === undefined ? 'needs setfacl' : undefined;

describe.skipIf(missing !== undefined)(`a tree of everything${missing ? ` (${missing})` : ''}`, () => {
  it('comes back in another folder exactly as it was', async () => {
    using scene = await RestoreScene.open();
    const source = scene.path('source');
    makeNastyTree(source);
    const snapshot = await scene.backup(source);
    const { outcome } = await scene.restore(snapshot, {
      target: { kind: 'folder', path: scene.path('new', 'target') },
    });
    expect(outcome).toMatchObject({ warnings: [], notDone: 0, endedBy: null, replaced: 0, deleted: 0 });
    const before = observeTree(source, { top: true });
    expect(observeTree(scene.path('new', 'target'), { top: true })).toEqual(before);
    expect(outcome.added).toBe(Object.keys(before).length);
    expect(outcome.verified).toBeGreaterThan(20);
  });

  it.each(['xfs', 'btrfs'] as const)('comes over to %s as it was', async (type) => {
    expect(whyNoLoopFilesystem(type)).toBeUndefined();
    await using other = await openLoopFilesystem({ type, sizeMiB: 300 });
    using scene = await RestoreScene.open();
    const source = scene.path('source');
    makeNastyTree(source);
    const path = `${other.mountPoint}/target`;
    const { outcome, runId } = await scene.restore(await scene.backup(source), { target: { kind: 'folder', path } });
    expect(outcome).toMatchObject({ warnings: [], notDone: 0, endedBy: null });
    expect(observeTree(path, { top: true })).toEqual(observeTree(source, { top: true }));
    expect((await scene.undo(runId)).outcome).toMatchObject({ warnings: [], notDone: 0 });
    expect(existsSync(path)).toBe(false);
  });

  it('keeps holes as holes', async () => {
    using scene = await RestoreScene.open();
    const source = scene.path('source');
    makeNastyTree(source);
    await scene.restore(await scene.backup(source), { target: { kind: 'folder', path: scene.path('target') } });
    for (const name of ['sparse', 'all hole']) {
      expect(statSync(scene.path('target', name)).blocks).toBeLessThanOrEqual(
        statSync(scene.path('source', name)).blocks + 16,
      );
    }
  });

  it('finds nothing to do where everything is as it was', async () => {
    using scene = await RestoreScene.open();
    const source = scene.path('source');
    makeNastyTree(source);
    const snapshot = await scene.backup(source);
    for (const mode of ['keep', 'exact'] as const) {
      const { plan } = await scene.prepare(snapshot, { mode });
      expect(plan.counts).toMatchObject({ add: 0, replace: 0, metadata: 0, delete: 0 });
      expect(plan.counts.same).toBe(Object.keys(observeTree(source, { top: true })).length);
      expect(plan.warnings).toEqual([]);
    }
  });
});
