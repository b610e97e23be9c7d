import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { findProgram } from '../exec.ts';
import { isKernelAtLeast, kernelRelease } from '../machine.ts';
import { waitReadable } from '../poll.ts';
import { whyNoLoopFilesystem, withLoopFilesystem } from '../testing/loop-filesystem.ts';
import { openPreContentGroup } from './pre-content.ts';

/** Opens a file and, for each line it is given, writes at that offset; says `opened`, then how each went. */
const writerProgram = `
import os, sys
fd = os.open(sys.argv[1], os.O_RDWR)
print('opened', flush=True)
for line in sys.stdin:
    try:
        print(os.pwrite(fd, b'x' * 10, int(line)), flush=True)
    except OSError as error:
        print(os.strerror(error.errno), flush=True)
`;

async function startWriter(path: string) {
  const child = spawn(findProgram('python3') ?? 'python3', ['-c', writerProgram, path], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const next = async (): Promise<string> => (await lines.next()).value ?? '';
  expect(await next()).toBe('opened');
  return {
    pid: child.pid ?? -1,
    write: (offset: number) => child.stdin.write(`${offset}\n`),
    next,
    [Symbol.asyncDispose]: async () => {
      const exited = once(child, 'exit');
      child.stdin.end();
      await exited;
    },
  };
}

const tooOld = isKernelAtLeast(kernelRelease(), 6, 14) ? undefined : 'needs Linux 6.14 (pre-access events)';
const missing = whyNoLoopFilesystem('ext4') ?? tooOld;
describe.skipIf(missing !== undefined)(missing ?? 'who is about to write', () => {
  it('waits for an answer once it is no longer ignored, and is told what it got', () =>
    withLoopFilesystem({ type: 'ext4', sizeMiB: 32 }, async (mountPoint) => {
      const path = join(mountPoint, 'file');
      writeFileSync(path, 'before');
      const fd = openSync(mountPoint, 'r');
      const buffer = Buffer.alloc(4096);
      try {
        using group = openPreContentGroup();
        group.watch(fd, 'filesystem');
        group.ignore(fd, 'filesystem');
        await using writer = await startWriter(path);
        writer.write(0);
        expect(await writer.next()).toBe('10');
        expect(group.read(buffer)).toEqual([]);
        group.unignore(fd, 'filesystem');
        for (const verdict of ['allow', 'deny'] as const) {
          writer.write(8192);
          while (waitReadable([group.fd], 0).length === 0) await delay(1);
          const requests = group.read(buffer);
          expect(requests).toMatchObject([{ tid: writer.pid, range: { offset: 8192n, count: 4096n } }]);
          for (const request of requests) {
            // Reading what waits asks nobody.
            expect(readSync(request.fd, Buffer.alloc(4), 0, 4, 0)).toBe(4);
            group.answer(request, verdict);
            closeSync(request.fd);
          }
          expect(await writer.next()).toBe(verdict === 'allow' ? '10' : 'Operation not permitted');
        }
        group.forget('filesystem');
        writer.write(0);
        expect(await writer.next()).toBe('10');
        expect(readFileSync(path).length).toBe(8202);
      } finally {
        closeSync(fd);
      }
    }));

  it('goes on when the group ends', () =>
    withLoopFilesystem({ type: 'ext4', sizeMiB: 32 }, async (mountPoint) => {
      const path = join(mountPoint, 'file');
      writeFileSync(path, 'before');
      const fd = openSync(mountPoint, 'r');
      const group = openPreContentGroup();
      let isOpen = true;
      try {
        group.watch(fd, 'filesystem');
        await using writer = await startWriter(path);
        writer.write(0);
        while (waitReadable([group.fd], 0).length === 0) await delay(1);
        group[Symbol.dispose]();
        isOpen = false;
        expect(await writer.next()).toBe('10');
      } finally {
        if (isOpen) group[Symbol.dispose]();
        closeSync(fd);
      }
    }));
});
