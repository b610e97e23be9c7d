import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { WriterHolder, WriterHolders } from '../../system/writer-holders.ts';
import type { WriterProbe } from '../../system/writer-probe.ts';
import { examineFolder } from '../testing/examine-folder.ts';
import { scratchFolder } from '../testing/scratch-folder.ts';
import { WriterWatch } from './writer-watch.ts';

type Holder = WriterHolder extends infer Each ? (Each extends unknown ? Omit<Each, 'file'> : never) : never;

/** One file, the kernel's answers made up. A probe may answer differently the second time. */
async function watchOne(
  probes: readonly WriterProbe[],
  holders: readonly Holder[],
  gaps: readonly string[] = [],
  isReadMeanwhile = false,
): Promise<ReturnType<WriterWatch['findings']>> {
  using folder = scratchFolder('watch');
  writeFileSync(join(folder.path, 'file'), 'content');
  const tree = (await examineFolder(folder.path)).openTree();
  const answers = [...probes];
  const watch = new WriterWatch(tree, {
    probeWriters: () => answers.shift() ?? 'none',
    findWriterHolders: ([file]): WriterHolders => ({
      holders: holders.map((holder) => ({ ...holder, file: file ?? { deviceId: 0n, inode: 0n } }) as WriterHolder),
      gaps,
    }),
  });
  tree.list(tree.root, (entry, dirFd) => watch.visit(entry, dirFd));
  const findings = watch.findings(isReadMeanwhile);
  tree.close();
  return {
    ...findings,
    suspects: findings.suspects.map((each) => ({ ...each, path: each.path.slice(folder.path.length) })),
  };
}

const descriptor = { how: 'descriptor', pid: 7, isDirect: false, canWriteLater: false } as const;

describe('WriterWatch', () => {
  it('needs to see no process where nobody can write, whoever owns them', async () => {
    expect(await watchOne(['none'], [], ['Everything is out of sight.'])).toEqual({ suspects: [], gap: '' });
  });

  it('does not suspect a plain descriptor: its writes move the ctime', async () => {
    expect(await watchOne(['some', 'some'], [descriptor])).toEqual({ suspects: [], gap: '' });
  });

  it.each([
    ['a mapping', { how: 'mapping', pid: 7 }, { kind: 'writable-mapping', path: '/file', pid: 7 }],
    ['a loop device', { how: 'loop-device', device: 'loop0' }, { kind: 'loop-device', path: '/file' }],
    ['swap', { how: 'swap' }, { kind: 'swap-file', path: '/file' }],
    ['O_DIRECT', { ...descriptor, isDirect: true }, { kind: 'asynchronous-io', path: '/file', pid: 7 }],
    ['asynchronous writes', { ...descriptor, canWriteLater: true }, { kind: 'asynchronous-io', path: '/file', pid: 7 }],
  ] as const)('suspects %s', async (_what, holder, suspect) => {
    expect(await watchOne(['some', 'some'], [holder])).toEqual({ suspects: [suspect], gap: '' });
  });

  it('finds a mapping also where it could not ask about the file, if it sees every process', async () => {
    expect((await watchOne(['unknown'], [{ how: 'mapping', pid: 7 }])).suspects).toHaveLength(1);
    expect(await watchOne(['unknown'], [])).toEqual({ suspects: [], gap: '' });
  });

  it('says so when it could neither ask nor see every process', async () => {
    const { gap } = await watchOne(['unknown'], [], ['3 programs could not be looked at.']);
    expect(gap).toBe(
      'Whether 1 file is open for writing cannot be asked without more rights. 3 programs could not be looked at.',
    );
  });

  it('says so when somebody writes and not every process can be seen', async () => {
    const { gap } = await watchOne(['some', 'some'], [descriptor], ['1 program could not be looked at.']);
    expect(gap).toBe('1 file is open for writing. 1 program could not be looked at.');
  });

  it('says so when somebody writes who cannot be found', async () => {
    expect((await watchOne(['some', 'some'], [])).gap).toBe('1 file is open for writing by something out of sight.');
  });

  it('forgets a writer who was just finishing', async () => {
    expect(await watchOne(['some', 'none'], [])).toEqual({ suspects: [], gap: '' });
  });

  it('does not forget one who was there before the file was read, and is gone afterwards', async () => {
    const gap = '1 file was open for writing when looked at first, by something that has ended since.';
    expect(await watchOne(['some', 'none'], [], [], true)).toEqual({ suspects: [], gap });
    expect(await watchOne(['some', 'some'], [descriptor], [], true)).toEqual({ suspects: [], gap: '' });
    expect(await watchOne(['none'], [], [], true)).toEqual({ suspects: [], gap: '' });
  });

  it('asks the kernel by itself too', async () => {
    using folder = scratchFolder('watch');
    const path = join(folder.path, 'file');
    writeFileSync(path, 'content');
    const fd = openSync(path, 'r+');
    const tree = (await examineFolder(folder.path)).openTree();
    const watch = new WriterWatch(tree);
    tree.list(tree.root, (entry, dirFd) => watch.visit(entry, dirFd));
    expect(watch.findings().suspects).toEqual([]);
    closeSync(fd);
    tree.close();
  });
});
