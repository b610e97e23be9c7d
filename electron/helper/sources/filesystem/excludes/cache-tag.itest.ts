import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesystemSpec } from '../../../../../shared/domain/source.ts';
import { scratchFolder } from '../../../quiesce/testing/scratch-folder.ts';
import { ResticPlace, resticBinaries } from '../../../repository/testing/restic-program.ts';
import { plainFileOps } from '../../../system/file-ops.ts';
import { createFilesystemSource } from '../examine.ts';
import type { OpenTree, TreeEntry } from '../tree.ts';

const tag = 'Signature: 8a477f597d28d172789f06886806bc55';

/** Marks of every kind, well made and not. */
function makeTree(root: string): void {
  const files: Readonly<Record<string, string>> = {
    'plain/a': 'a',
    'marked/CACHEDIR.TAG': `${tag}\n# made by a test\n`,
    'marked/a': 'a',
    'marked/deep/b': 'b',
    'exact/CACHEDIR.TAG': tag,
    'exact/a': 'a',
    'longer/CACHEDIR.TAG': `${tag}abc`,
    'longer/a': 'a',
    'other/CACHEDIR.TAG': tag.replace('8a', '8b'),
    'other/a': 'a',
    'short/CACHEDIR.TAG': tag.slice(0, -1),
    'short/a': 'a',
    'empty/CACHEDIR.TAG': '',
    'empty/a': 'a',
    'folder/CACHEDIR.TAG/a': 'a',
    'folder/a': 'a',
    'lower/cachedir.tag': tag,
    'lower/a': 'a',
    'outer/CACHEDIR.TAG': tag,
    'outer/inner/CACHEDIR.TAG': tag,
    'below/marked/CACHEDIR.TAG': tag,
    'below/marked/a': 'a',
    'below/a': 'a',
    real: tag,
  };
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

function pathsBelow(tree: OpenTree, directory: TreeEntry = tree.lookAtRoot()): string[] {
  return tree.list(directory).flatMap((entry) => {
    const isFolder = (entry.stat.mode & 0o170000) === 0o040000;
    return [tree.describe(entry.path), ...(isFolder ? pathsBelow(tree, entry) : [])];
  });
}

async function keptHere(root: string): Promise<string[]> {
  const source = createFilesystemSource({ files: plainFileOps });
  const spec = filesystemSpec(root, { excludePresets: ['cachedir-tag'] });
  const facts = await source.examine(spec, { own: { paths: [] }, signal: new AbortController().signal });
  const tree = facts.openTree();
  try {
    return pathsBelow(tree).sort();
  } finally {
    tree.close();
  }
}

const [restic] = resticBinaries();

describe('folders marked as caches', () => {
  it.skipIf(restic?.path === undefined)(`are left out as by ${restic?.title}`, { timeout: 60_000 }, async () => {
    using folder = scratchFolder('tags');
    const place = new ResticPlace(restic?.path ?? '', 'password');
    try {
      makeTree(folder.path);
      await place.restic('init');
      await place.restic('backup', '--exclude-caches', folder.path);
      const listed = (await place.restic('ls', 'latest')).split('\n');
      const kept = await keptHere(folder.path);
      expect(kept).toEqual(listed.filter((path) => path.startsWith(`${folder.path}/`)).sort());
      expect(kept).not.toContain(join(folder.path, 'marked/a'));
    } finally {
      place.dispose();
    }
  });

  it('are not marked by a link, which restic would follow out of the source', async () => {
    using folder = scratchFolder('tags');
    makeTree(folder.path);
    symlinkSync('../real', join(folder.path, 'plain', 'CACHEDIR.TAG'));
    expect(await keptHere(folder.path)).toContain(join(folder.path, 'plain/a'));
  });
});
