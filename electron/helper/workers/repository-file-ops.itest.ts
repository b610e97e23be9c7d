import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FileOps, LocalBackend, nodeFileOps } from '../repository/index.ts';
import { findProgram } from '../system/exec.ts';
import { type LoopFilesystem, openLoopFilesystem, whyNoLoopFilesystem } from '../system/testing/loop-filesystem.ts';
import { repositoryFileOps } from './repository-file-ops.ts';

const fincore = findProgram('fincore');
const missing = whyNoLoopFilesystem('ext4') ?? (fincore === undefined ? 'needs fincore' : undefined);
let disk: LoopFilesystem | undefined;
beforeAll(async () => {
  if (missing === undefined) disk = await openLoopFilesystem({ type: 'ext4', sizeMiB: 64 });
});
afterAll(() => disk?.close());

/** Bytes of a new pack that the system has in memory when it has been written. */
async function cachedOfNewPack(ops: FileOps): Promise<number> {
  const folder = mkdtempSync(join(disk?.mountPoint ?? '', 'repository-'));
  try {
    const bytes = randomBytes(4 * 1024 * 1024);
    const name = createHash('sha256').update(bytes).digest('hex');
    const backend = new LocalBackend(folder, ops);
    await backend.prepare();
    await backend.save({ kind: 'pack', name }, bytes);
    const path = join(folder, 'data', name.slice(0, 2), name);
    const cached = execFileSync(fincore ?? '', ['--bytes', '--noheadings', '--output', 'RES', path], {
      encoding: 'utf8',
    });
    expect(await backend.load({ kind: 'pack', name })).toEqual(bytes);
    return Number(cached);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

it.skipIf(missing !== undefined)(
  `reads a pack back from the disk, not from memory${missing ? ` (${missing})` : ''}`,
  async () => {
    expect(await cachedOfNewPack(nodeFileOps)).toBeGreaterThan(0);
    expect(await cachedOfNewPack(repositoryFileOps(null))).toBe(0);
    expect(await cachedOfNewPack(repositoryFileOps({ uid: 0, gid: 0, groups: [] }))).toBe(0);
  },
);
