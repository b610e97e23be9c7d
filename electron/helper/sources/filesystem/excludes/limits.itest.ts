import { execFileSync, spawnSync } from 'node:child_process';
import { linkSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ExcludeLimits } from '../../../../../shared/domain/excludes/limits.ts';
import { type FilesystemSpec, filesystemSpec } from '../../../../../shared/domain/source.ts';
import { scratchFolder } from '../../../quiesce/testing/scratch-folder.ts';
import { plainFileOps } from '../../../system/file-ops.ts';
import { createFilesystemSource } from '../examine.ts';
import { excludesForSnapshot, readRules, rulesOf, storeRules } from './exclude-rules.ts';

let folder: ReturnType<typeof scratchFolder>;
let root: string;
beforeEach(() => {
  folder = scratchFolder('limits');
  root = folder.path;
});
afterEach(() => folder[Symbol.dispose]());

const source = createFilesystemSource({ files: plainFileOps, countLimitMs: 60_000 });
const context = { own: { paths: [] }, signal: new AbortController().signal };
const spec = (limits?: ExcludeLimits, more: Partial<FilesystemSpec> = {}): FilesystemSpec =>
  filesystemSpec(root, { ...more, ...(limits && { limits }) });

async function namesIn(wanted: FilesystemSpec): Promise<string[]> {
  const tree = (await source.examine(wanted, context)).openTree();
  try {
    return tree
      .list(tree.lookAtRoot())
      .map(({ name }) => name.toString())
      .sort();
  } finally {
    tree.close();
  }
}

const flagged = (() => {
  const trial = scratchFolder('flag');
  try {
    writeFileSync(join(trial.path, 'x'), '');
    return spawnSync('chattr', ['+d', join(trial.path, 'x')]).status === 0;
  } finally {
    trial[Symbol.dispose]();
  }
})();

describe('a limit of size', () => {
  it('leaves out files that are longer, whatever they take on the disk, and nothing else', async () => {
    writeFileSync(join(root, 'exactly'), 'x'.repeat(1000));
    writeFileSync(join(root, 'one more'), 'x'.repeat(1001));
    writeFileSync(join(root, 'sparse'), '');
    truncateSync(join(root, 'sparse'), 10_000_000);
    linkSync(join(root, 'one more'), join(root, 'its other name'));
    symlinkSync('y'.repeat(1500), join(root, 'link'));
    mkdirSync(join(root, 'folder'));
    const limits = { largerThan: 1000, noDump: false };
    expect(await namesIn(spec(limits))).toEqual(['exactly', 'folder', 'link']);
    expect((await namesIn(spec())).length).toBe(6);
    const { leftOut, files, bytes } = await source.examine(spec(limits), context);
    expect({ files, bytes }).toEqual({ files: 1, bytes: 1000 });
    expect(leftOut).toHaveLength(1);
    expect(leftOut[0]?.reason).toMatch(/^Larger than the limit for files: 3 /);
  });

  it('comes after own rules: what they would leave out is told of them', async () => {
    writeFileSync(join(root, 'a.iso'), 'x'.repeat(2000));
    const { leftOut } = await source.examine(
      spec({ largerThan: 1000, noDump: false }, { ignoreLines: ['*.iso'] }),
      context,
    );
    expect(leftOut[0]?.reason).toContain('*.iso');
  });
});

describe.skipIf(!flagged)(
  `the flag “no dump”${flagged ? '' : ' (the filesystem of the temporary folder has none)'}`,
  () => {
    it('leaves out files and folders, where that is wanted', async () => {
      for (const name of ['kept', 'marked']) writeFileSync(join(root, name), name);
      mkdirSync(join(root, 'marked folder'));
      execFileSync('chattr', ['+d', join(root, 'marked'), join(root, 'marked folder')]);
      writeFileSync(join(root, 'marked folder', 'inside'), 'x');
      expect(await namesIn(spec({ largerThan: null, noDump: true }))).toEqual(['kept']);
      expect(await namesIn(spec({ largerThan: null, noDump: false }))).toEqual(['kept', 'marked', 'marked folder']);
      const { leftOut } = await source.examine(spec({ largerThan: null, noDump: true }), context);
      expect(leftOut[0]?.reason).toMatch(/^Marked by its owner as not worth a backup/);
    });

    it('does not leave out what was chosen itself', async () => {
      writeFileSync(join(root, 'inside'), 'x');
      execFileSync('chattr', ['+d', root]);
      try {
        expect(await namesIn(spec({ largerThan: null, noDump: true }))).toContain('inside');
      } finally {
        execFileSync('chattr', ['-d', root]);
      }
    });
  },
);

describe('rules with limits', () => {
  it('are kept with the snapshot, in words that who does not know limits does not misread', () => {
    const rules = rulesOf(spec({ largerThan: 5, noDump: true }));
    expect(rules).toMatchObject({ version: 2, limits: { largerThan: 5, noDump: true } });
    expect(readRules(storeRules(rules))).toEqual(rules);
    expect(rulesOf(spec({ largerThan: null, noDump: false }))).toEqual(rulesOf(spec()));
    expect(rulesOf(spec()).version).toBe(1);
    expect(excludesForSnapshot(spec({ largerThan: 5, noDump: true }))).toEqual(
      expect.arrayContaining(['--exclude-larger-than 5', '--exclude-no-dump']),
    );
  });
});
