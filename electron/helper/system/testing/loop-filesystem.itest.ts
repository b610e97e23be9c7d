import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { loopDevices } from '../backing.ts';
import { freezeUnguarded } from '../ioctl.ts';
import { listMounts } from '../mounts.ts';
import {
  type LoopFilesystemType,
  openLoopFilesystem,
  whyNoLoopFilesystem,
  withLoopFilesystem,
} from './loop-filesystem.ts';
import { abandonedLoops } from './loop-registry.ts';

const isMounted = (path: string): boolean => listMounts().some(({ mountPoint }) => mountPoint === path);
const isThere = (mountPoint: string): boolean =>
  isMounted(mountPoint) ||
  existsSync(dirname(mountPoint)) ||
  loopDevices().some(({ backingFile }) => backingFile === join(dirname(mountPoint), 'image'));
const freeze = (mountPoint: string): void => {
  const fd = openSync(mountPoint, 'r');
  freezeUnguarded(fd);
  closeSync(fd);
};
const until = async (isSo: () => boolean, timeoutMs: number): Promise<boolean> => {
  for (const deadline = performance.now() + timeoutMs; performance.now() < deadline; await sleep(50))
    if (isSo()) return true;
  return isSo();
};

/** A process that has a loop filesystem, frozen, and goes on with `then`. */
async function startOwner(then: string, options = ''): Promise<{ child: ChildProcess; mountPoint: string }> {
  const module = fileURLToPath(new URL('./loop-filesystem.ts', import.meta.url));
  const ioctls = fileURLToPath(new URL('../ioctl.ts', import.meta.url));
  const program = `
    import { openLoopFilesystem } from ${JSON.stringify(module)};
    import { freezeUnguarded } from ${JSON.stringify(ioctls)};
    import { openSync, writeFileSync, writeSync } from 'node:fs';
    const { mountPoint } = await openLoopFilesystem({ type: 'ext4', sizeMiB: 16, ${options} });
    freezeUnguarded(openSync(mountPoint, 'r'));
    writeSync(1, mountPoint + '\\n');
    ${then}`;
  const child = spawn(process.execPath, ['--no-warnings', '--input-type=module', '-e', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [mountPoint] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return { child, mountPoint };
}

const types: readonly LoopFilesystemType[] = ['ext4', 'xfs', 'btrfs'];
const missing = types.map(whyNoLoopFilesystem).find((reason) => reason !== undefined);
describe.skipIf(missing !== undefined)(`loop filesystems${missing === undefined ? '' : ` (${missing})`}`, () => {
  test.each(types)('%s: there while it is used, gone afterwards, frozen or not', async (type) => {
    let path = '';
    const value = await withLoopFilesystem({ type, sizeMiB: 16 }, (mountPoint, filesystem) => {
      path = mountPoint;
      expect(isMounted(mountPoint)).toBe(true);
      expect(filesystem.mount.fsType).toBe(type);
      writeFileSync(join(mountPoint, 'file'), 'x');
      freeze(mountPoint);
      return 'value';
    });
    expect(value).toBe('value');
    expect(isThere(path)).toBe(false);
  });

  test('gone after an error, which is passed on', async () => {
    let path = '';
    const failing = withLoopFilesystem({ type: 'ext4', sizeMiB: 16 }, (mountPoint) => {
      path = mountPoint;
      throw new Error('the test failed');
    });
    await expect(failing).rejects.toThrow('the test failed');
    expect(isThere(path)).toBe(false);
  });

  test('what a test left open is named', async () => {
    const filesystem = await openLoopFilesystem({ type: 'ext4', sizeMiB: 16 });
    const fd = openSync(filesystem.mountPoint, 'r');
    await expect(filesystem.close()).rejects.toThrow(new RegExp(`still held.*${process.pid}`));
    closeSync(fd);
    expect(await until(() => !isThere(filesystem.mountPoint), 5000)).toBe(true);
  });

  test('the watchdog takes away what a killed process left frozen', async () => {
    const { child, mountPoint } = await startOwner('setInterval(() => {}, 1000);');
    child.kill('SIGKILL');
    expect(await until(() => !isThere(mountPoint), 20_000)).toBe(true);
    expect(abandonedLoops().filter((loop) => loop.mountPoint === mountPoint)).toEqual([]);
  });

  test('the watchdog thaws for a process that hangs in a write', async () => {
    const { child, mountPoint } = await startOwner(
      "writeFileSync(mountPoint + '/file', 'x'); process.exit(0);",
      'watchdogSilenceMs: 1500',
    );
    const [exitCode] = (await once(child, 'exit')) as [number];
    expect(exitCode).toBe(0);
    expect(await until(() => !isThere(mountPoint), 10_000)).toBe(true);
  });

  test('a process that exits without closing takes its filesystem along', async () => {
    const { child, mountPoint } = await startOwner('process.exit(0);');
    if (child.exitCode === null) await once(child, 'exit');
    expect(isThere(mountPoint)).toBe(false);
  });
});
