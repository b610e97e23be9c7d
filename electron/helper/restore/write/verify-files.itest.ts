import { randomBytes } from 'node:crypto';
import { appendFileSync, closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type FileOps, plainFileOps } from '../../system/file-ops.ts';
import { openLoopFilesystem, whyNoLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import { RestoreScene } from '../testing/restore-scene.ts';

const missing = whyNoLoopFilesystem('ext4');
const length = 64 * 1024;
const doesNotReadBack = 'It does not read back as it was written. Restore it again; the disk may be faulty.';

/** Does something once, before the first file is read back: nothing else of a restore into an empty folder reads files. */
function beforeReadingBack(step: () => void): FileOps {
  let isDone = false;
  return {
    ...plainFileOps,
    readSync: (...args) => {
      if (!isDone) step();
      isDone = true;
      return plainFileOps.readSync(...args);
    },
  };
}

/** Restores one file of random bytes into an empty folder. */
async function restoreOne(folder: string | undefined, ops: (content: Buffer) => FileOps) {
  const content = randomBytes(length);
  using scene = await RestoreScene.open({ ...(folder === undefined ? {} : { folder }), ops: ops(content) });
  // The source lies elsewhere: on the disk these bytes are in one place only.
  using elsewhere = await RestoreScene.open({ repository: scene.repository });
  const source = elsewhere.make('docs');
  writeFileSync(`${source}/file`, content);
  const snapshot = await scene.backup(source);
  const { outcome } = await scene.restore(snapshot, { target: { kind: 'folder', path: scene.make('target') } });
  return outcome;
}

describe('a restored file that is read back', () => {
  it.skipIf(missing !== undefined)(
    `comes from the disk, not from the memory it was just written to${missing ? ` (${missing})` : ''}`,
    async () => {
      await using disk = await openLoopFilesystem({ type: 'ext4', sizeMiB: 32 });
      const outcome = await restoreOne(disk.mountPoint, (content) =>
        beforeReadingBack(() => damage(disk.image, content)),
      );
      expect(outcome).toMatchObject({ added: 1, verified: 0, warningsTotal: 1 });
      expect(outcome.warnings[0]?.text).toBe(doesNotReadBack);
      const whole = await restoreOne(disk.mountPoint, () => plainFileOps);
      expect(whole).toMatchObject({ added: 1, verified: 1, warningsTotal: 0 });
    },
  );

  it('is told when it is longer than what was written to it', async () => {
    const outcome = await restoreOne(undefined, () => ({
      ...plainFileOps,
      linkSync: (from, to) => {
        appendFileSync(from as Buffer, 'more');
        plainFileOps.linkSync(from, to);
      },
    }));
    expect(outcome).toMatchObject({ added: 1, verified: 0, warningsTotal: 1 });
    expect(outcome.warnings[0]?.text).toBe(doesNotReadBack);
  });

  it('is told, and does not end the restore, when the disk cannot read it', async () => {
    const outcome = await restoreOne(undefined, () =>
      beforeReadingBack(() => {
        throw Object.assign(new Error('EIO'), { code: 'EIO' });
      }),
    );
    expect(outcome).toMatchObject({ added: 1, verified: 0, warningsTotal: 1, endedBy: null });
    expect(outcome.warnings[0]?.text).toBe(doesNotReadBack);
  });
});

/** Changes one byte of it where it lies on the disk, as a faulty disk does: nobody is told. */
function damage(image: string, content: Buffer): void {
  const at = readFileSync(image).indexOf(content);
  if (at < 0) throw new Error('the content is not on the disk');
  const fd = openSync(image, 'r+');
  try {
    writeSync(fd, Buffer.from([(content[1000] ?? 0) ^ 1]), 0, 1, at + 1000);
  } finally {
    closeSync(fd);
  }
}
