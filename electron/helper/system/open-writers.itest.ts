import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  constants,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startMappedWriter } from '../quiesce/testing/mapped-writer/index.ts';
import { unmount } from './bind-mounts.ts';
import { findProgram, runProgramOk } from './exec.ts';
import { deviceNumber, mountOf } from './mounts.ts';
import { type OpenWriter, scanOpenWriters, scanOpenWritersInTurns, untoldWrites } from './open-writers.ts';
import { type LoopFilesystem, openLoopFilesystem, whyNoLoopFilesystem } from './testing/loop-filesystem.ts';

const pageBytes = 4096;
const python = findProgram('python3') ?? 'python3';

async function run(program: string, ...arguments_: string[]): Promise<string> {
  return (await runProgramOk(findProgram(program) ?? program, arguments_)).stdout.toString().trim();
}

/** A program that says when it has done its part, and ends when its input does. */
async function startProgram(program: string, arguments_: string[]): Promise<{ pid: number } & AsyncDisposable> {
  const child = spawn(program, arguments_, { stdio: ['pipe', 'pipe', 'inherit'] });
  const [line] = await once(createInterface(child.stdout), 'line');
  expect(line).toBe('ready');
  return {
    pid: child.pid ?? -1,
    [Symbol.asyncDispose]: async () => {
      const exited = once(child, 'exit');
      child.stdin.end();
      await exited;
    },
  };
}
const startPython = (script: string): ReturnType<typeof startProgram> =>
  startProgram(python, ['-c', `${script}\nprint('ready', flush=True)\nimport sys; sys.stdin.read()`]);

describe.each(['ext4', 'xfs', 'btrfs'] as const)('on %s', (type) => {
  const missing = whyNoLoopFilesystem(type);
  describe.skipIf(missing !== undefined)(missing ?? 'who can write', () => {
    let filesystem: LoopFilesystem;
    let path: string;
    let device: string;
    beforeAll(async () => {
      filesystem = await openLoopFilesystem({ type, sizeMiB: 120 });
      device = deviceNumber(filesystem.mount);
      path = join(filesystem.mountPoint, 'file');
      writeFileSync(path, Buffer.alloc(4 * pageBytes));
    });
    afterAll(() => filesystem.close());

    const inode = (of = path): bigint => statSync(of, { bigint: true }).ino;
    const writersOf = (number: bigint): OpenWriter[] =>
      scanOpenWriters(device).writers.filter((each) => each.inode === number);
    const certain = (): OpenWriter[] => scanOpenWriters(device).writers.filter((each) => each.isCertain);

    it('everybody on this machine, but for the first process where it lets nobody look', () => {
      const { gaps, trusted } = scanOpenWriters(device);
      // Descriptors of other programs may happen to be on their way just then.
      expect(gaps.filter((gap) => !gap.includes('on their way'))).toEqual([]);
      expect(trusted.length).toBe(canLookAt(1) ? 0 : 1);
    });

    it('nobody, when nobody is there, and readers do not count', () => {
      const fd = openSync(path, 'r');
      expect(certain()).toEqual([]);
      closeSync(fd);
    });

    it('a descriptor, and whose it is', () => {
      const fd = openSync(path, 'r+');
      expect(writersOf(inode())).toEqual([
        {
          how: 'descriptor',
          pid: process.pid,
          inode: inode(),
          isDirect: false,
          canWriteLater: expect.any(Boolean),
          isCertain: true,
        },
      ]);
      closeSync(fd);
      const direct = openSync(path, constants.O_RDWR | constants.O_DIRECT);
      expect(writersOf(inode())).toContainEqual(expect.objectContaining({ isDirect: true }));
      closeSync(direct);
      expect(certain()).toEqual([]);
    });

    it('a descriptor of a file without a name', () => {
      const fd = openSync(filesystem.mountPoint, 0o20000000 | constants.O_DIRECTORY | constants.O_RDWR);
      expect(certain()).toHaveLength(1);
      closeSync(fd);
    });

    it('a mapping whose descriptor is closed', async () => {
      await using writer = await startMappedWriter();
      await writer.map(path, pageBytes);
      expect(writersOf(inode())).toEqual([
        { how: 'mapping', pid: writer.pid, inode: inode(), isDirect: false, canWriteLater: false, isCertain: true },
      ]);
      await writer.unmap();
      expect(certain()).toEqual([]);
    });

    it('a loop device that can be written, by its number alone, and not one that cannot', async () => {
      const image = join(filesystem.mountPoint, 'image');
      const fd = openSync(image, 'w');
      ftruncateSync(fd, 1024 * 1024);
      closeSync(fd);
      const number = inode(image);
      for (const isReadOnly of [true, false]) {
        const name = await run('losetup', '--find', '--show', ...(isReadOnly ? ['--read-only'] : []), image);
        try {
          const expected = { how: 'loop-device', name: name.replace('/dev/', ''), inode: number };
          expect(writersOf(number)).toEqual(isReadOnly ? [] : [expect.objectContaining(expected)]);
        } finally {
          await run('losetup', '--detach', name);
        }
      }
    });

    it('a loop device whose file lost its name', async () => {
      const image = join(filesystem.mountPoint, 'unlinked');
      writeFileSync(image, Buffer.alloc(1024 * 1024));
      const number = inode(image);
      const name = await run('losetup', '--find', '--show', image);
      try {
        await run('rm', image);
        expect(writersOf(number)).toHaveLength(1);
      } finally {
        await run('losetup', '--detach', name);
      }
    });

    it('a swap file', async () => {
      const swap = join(filesystem.mountPoint, 'swap');
      writeFileSync(swap, '');
      // btrfs swaps only into files that it never copies.
      if (type === 'btrfs') await run('chattr', '+C', swap);
      await run('dd', 'if=/dev/zero', `of=${swap}`, 'bs=1M', 'count=1', 'conv=notrunc', 'status=none');
      await run('chmod', '600', swap);
      await run('mkswap', swap);
      await run('swapon', swap);
      try {
        expect(writersOf(inode(swap))).toContainEqual(expect.objectContaining({ how: 'swap', name: swap }));
      } finally {
        await run('swapoff', swap);
      }
    });

    it('somebody in another mount namespace, by a mount that is not ours', async () => {
      const script = `mount --bind ${filesystem.mountPoint} /mnt && exec 3<>/mnt/file && echo ready && cat >/dev/null`;
      await using other = await startProgram(findProgram('unshare') ?? '', ['--mount', '/bin/sh', '-c', script]);
      expect(writersOf(inode())).toEqual(
        expect.arrayContaining([expect.objectContaining({ how: 'descriptor', isCertain: true, pid: other.pid })]),
      );
    });

    it('a file that io_uring keeps open by itself, its descriptor closed', async () => {
      await using other = await startPython(registerWithRing(path));
      const found = scanOpenWriters(device);
      expect(found.writers).toContainEqual(
        expect.objectContaining({ how: 'descriptor', inode: inode(), pid: other.pid, isCertain: true }),
      );
    });

    it('not everybody, where io_uring keeps a file open for a program whose root shows no mount of it', async () => {
      const script = `${registerWithRing(path)}\nos.mkdir(${JSON.stringify(`${path}-root`)})\nos.chroot(${JSON.stringify(`${path}-root`)})\nos.chdir('/')`;
      await using _other = await startPython(script);
      expect(scanOpenWriters(device).gaps.join()).toMatch(/io_uring/);
    });

    it('a thread with descriptors of its own', async () => {
      await using other = await startPython(`
import ctypes, os, threading
def own():
    ctypes.CDLL(None).unshare(0x400)
    os.open(${JSON.stringify(path)}, os.O_RDWR)
    done.set()
    threading.Event().wait()
done = threading.Event()
threading.Thread(target=own, daemon=True).start()
done.wait()`);
      expect(writersOf(inode())).toContainEqual(expect.objectContaining({ how: 'descriptor', pid: other.pid }));
    });

    it('a process whose first thread has ended', async () => {
      await using other = await startProgram(python, [
        '-c',
        `
import ctypes, mmap, os, sys, threading
def stay():
    fd = os.open(${JSON.stringify(path)}, os.O_RDWR)
    stay.map = mmap.mmap(fd, 4096)
    while open('/proc/self/stat').read().split()[2] != 'Z': pass
    print('ready', flush=True)
    sys.stdin.read()
    os._exit(0)
threading.Thread(target=stay).start()
ctypes.CDLL(None).syscall(${process.arch === 'arm64' ? 93 : 60}, 0)`,
      ]);
      const found = writersOf(inode()).filter(({ pid }) => pid === other.pid);
      expect(found.map(({ how }) => how).sort()).toEqual(['descriptor', 'mapping']);
    });

    it('says that descriptors are on their way between programs', async () => {
      await using _ = await startPython(`
import socket, array, os
ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
fd = os.open(${JSON.stringify(path)}, os.O_RDWR)
ours.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array('i', [fd]))])
os.close(fd)`);
      expect(scanOpenWriters(device).gaps.join()).toMatch(/on their way/);
    });

    it('a file of an overlay that is kept here: descriptor and mapping, copied up or new', async () => {
      const at = (name: string): string => join(filesystem.mountPoint, 'overlay', name);
      for (const name of ['lower', 'upper', 'work', 'merged']) mkdirSync(at(name), { recursive: true });
      writeFileSync(at('lower/old'), Buffer.alloc(pageBytes));
      const layers = `lowerdir=${at('lower')},upperdir=${at('upper')},workdir=${at('work')}`;
      await run('mount', '-t', 'overlay', 'overlay', '-o', layers, at('merged'));
      try {
        writeFileSync(at('merged/new'), Buffer.alloc(pageBytes));
        const fd = openSync(at('merged/old'), 'r+');
        expect(inode(at('upper/old'))).not.toBe(inode(at('lower/old')));
        expect(writersOf(inode(at('upper/old')))).toContainEqual(
          expect.objectContaining({ how: 'descriptor', isCertain: true }),
        );
        closeSync(fd);
        await using writer = await startMappedWriter();
        for (const name of ['old', 'new']) {
          await writer.map(at(`merged/${name}`), pageBytes);
          expect(writersOf(inode(at(`upper/${name}`)))).toContainEqual(
            expect.objectContaining({ how: 'mapping', pid: writer.pid, isCertain: true }),
          );
          await writer.unmap();
        }
      } finally {
        unmount(at('merged'));
      }
    });

    it('not everybody, where a container’s overlay was mounted by a path that is another folder here', async () => {
      const at = (name: string): string => join(filesystem.mountPoint, 'apart', name);
      for (const name of ['upper', 'work']) mkdirSync(at(name), { recursive: true });
      const file = join(at('upper'), 'file');
      writeFileSync(file, Buffer.alloc(pageBytes));
      // Here it is a plain folder of another filesystem, there the source.
      const top = mkdtempSync(join(tmpdir(), 'stillpoint-apart-'));
      for (const name of ['place/upper', 'place/work', 'low', 'merged'])
        mkdirSync(join(top, name), { recursive: true });
      writeFileSync(join(top, 'place/upper/file'), 'of somebody else');
      const script = [
        'set -e; mount --make-rprivate /',
        `mount --bind ${at('')} ${top}/place; mount -t tmpfs stillpoint ${top}/low`,
        `mount -t overlay stillpoint -o lowerdir=${top}/low,upperdir=${top}/place/upper,workdir=${top}/place/work ${top}/merged`,
        `exec 3<>${top}/merged/file; echo ready; read -r end || true`,
      ];
      try {
        await using _ = await startProgram('unshare', ['-m', 'sh', '-c', script.join('\n')]);
        const found = scanOpenWriters(device);
        const isFound = found.writers.some((writer) => writer.inode === inode(file) && writer.isCertain);
        expect(isFound || found.gaps.some((gap) => /in a container/.test(gap))).toBe(true);
      } finally {
        rmSync(top, { recursive: true });
      }
      expect(scanOpenWriters(device).gaps.join()).not.toMatch(/in a container/);
    });

    it.each(['file', 'mount', 'filesystem'] as const)(
      'not everybody, where a program is handed descriptors for writing that raise no event: mark of a %s',
      async (kind) => {
        const group = (initFlags: number, eventFlags: number): ReturnType<typeof startPython> =>
          startPython(`
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
group = libc.fanotify_init(${initFlags}, ${eventFlags})
mark = {'file': 0, 'mount': 0x10, 'filesystem': 0x100}[${JSON.stringify(kind)}]
assert libc.fanotify_mark(group, 1 | mark, ctypes.c_ulong(0x20), -100, ${JSON.stringify(path)}.encode()) == 0`);
        const [reportIdentity, forReading, forWriting] = [0x201, constants.O_RDONLY, constants.O_RDWR];
        {
          await using _ = await group(1, forWriting);
          expect(scanOpenWriters(device).gaps).toContain(untoldWrites);
          expect(scanOpenWriters(deviceNumber(mountOf('/'))).gaps).not.toContain(untoldWrites);
        }
        // As indexers do, and programs that look at what is opened.
        await using _identities = await group(reportIdentity, forWriting);
        await using _readers = await group(1, forReading);
        expect(scanOpenWriters(device).gaps).not.toContain(untoldWrites);
      },
    );

    it('who is asked before a file is opened, by a mark of its filesystem; who is only told is nobody', async () => {
      const listener = (mask: number): ReturnType<typeof startPython> =>
        startPython(`
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
group = libc.fanotify_init(4, 0)
assert libc.fanotify_mark(group, 0x101, ctypes.c_ulong(${mask}), -100, ${JSON.stringify(path)}.encode()) == 0`);
      {
        await using _told = await listener(0x20);
        expect(scanOpenWriters(device).isAnswered).toBe(false);
      }
      await using _asked = await listener(0x10000);
      expect(scanOpenWriters(device).isAnswered).toBe(true);
      expect(scanOpenWriters(deviceNumber(mountOf('/'))).isAnswered).toBe(false);
    });

    it('the same in turns', async () => {
      const fd = openSync(path, 'r+');
      const { writers } = await scanOpenWritersInTurns(device);
      closeSync(fd);
      expect(writers).toContainEqual(expect.objectContaining({ inode: inode(), pid: process.pid }));
    });
  });
});

function canLookAt(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/maps`).length > 0;
  } catch {
    return false;
  }
}

/** io_uring_setup, then IORING_REGISTER_FILES. */
function registerWithRing(path: string): string {
  return `
import ctypes, os, array
libc = ctypes.CDLL(None, use_errno=True)
params = ctypes.create_string_buffer(120)
ring = libc.syscall(425, 4, params)
assert ring >= 0, os.strerror(ctypes.get_errno())
fd = os.open(${JSON.stringify(path)}, os.O_RDWR)
fds = (ctypes.c_int * 1)(fd)
assert libc.syscall(427, ring, 2, fds, 1) >= 0, os.strerror(ctypes.get_errno())
os.close(fd)`;
}
