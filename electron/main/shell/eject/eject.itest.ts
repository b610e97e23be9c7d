import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { BusLink } from '../bus/bus-link.ts';
import { DiskService, type MadeUpBlock } from '../testing/disk-service.ts';
import { type PrivateBus, privateBus } from '../testing/private-bus.ts';
import { type EjectOutcome, ejectDisk } from './eject.ts';
import { Udisks } from './udisks.ts';
import { usersOfDevices } from './users-of-device.ts';
import { usersOfMount } from './users-of-mount.ts';

const needsRoot = process.getuid?.() === 0;

let bus: PrivateBus;
let link: BusLink;
let folder: string;
const undo: (() => unknown)[] = [];

beforeEach(async () => {
  bus = await privateBus();
  link = new BusLink({ address: () => bus.address, log: () => undefined });
  link.start();
  await expect.poll(() => link.isUp).toBe(true);
  folder = mkdtempSync(join(tmpdir(), 'stillpoint-eject-'));
});
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
  link.stop();
  await bus.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** A real mount of its own. */
function mounted(name: string): string {
  const place = join(folder, name);
  mkdirSync(place);
  execFileSync('mount', ['-t', 'tmpfs', 'stillpoint-test', place]);
  undo.push(() => execFileSync('sh', ['-c', `umount '${place}' 2>/dev/null || true`]));
  return place;
}

function isMounted(place: string): boolean {
  return (
    execFileSync('sh', ['-c', `mountpoint -q '${place}' && echo yes || echo no`], { encoding: 'utf8' }) === 'yes\n'
  );
}

async function disks(blocks: MadeUpBlock[], drive = { name: 'usb', canPowerOff: true, isEjectable: true }) {
  const service = new DiskService(blocks, [drive]);
  await service.start(bus.address);
  undo.push(() => service.stop());
  return service;
}

const eject = (place: string): Promise<EjectOutcome> =>
  ejectDisk(place, { udisks: new Udisks(link), usersOf: usersOfMount, usersOfDevices });

async function userOf(place: string): Promise<ChildProcess> {
  const child = spawn('sleep', ['600'], { cwd: place, stdio: 'ignore' });
  undo.push(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  });
  await once(child, 'spawn');
  return child;
}

it.skipIf(!needsRoot)(
  'unmounts every part of the disk, then powers it off; another disk is left alone (needs root)',
  async () => {
    const [one, two, other] = [mounted('one'), mounted('two'), mounted('other')];
    const service = await disks([
      { name: 'sda1', drive: 'inside', mounts: [other] },
      { name: 'sdb', drive: 'usb', mounts: [] },
      { name: 'sdb1', drive: 'usb', mounts: [one] },
      { name: 'sdb2', drive: 'usb', isEncrypted: true, mounts: [] },
      { name: 'dm_2d0', backing: 'sdb2', mounts: [two] },
    ]);
    expect(await eject(one)).toEqual({ safeToUnplug: true, text: 'It is powered off and can be unplugged.' });
    expect([one, two, other].map(isMounted)).toEqual([false, false, true]);
    // Never with a question.
    expect(service.asked).toEqual(['Unmount sdb1', 'Unmount dm_2d0', 'Lock sdb2', 'PowerOff usb']);
  },
);

it.skipIf(!needsRoot)('says who uses it, and is not safe while one part is in use (needs root)', async () => {
  const [one, two] = [mounted('one'), mounted('two')];
  const service = await disks([
    { name: 'sdb1', drive: 'usb', mounts: [one] },
    { name: 'sdb2', drive: 'usb', mounts: [two] },
  ]);
  await userOf(two);
  expect(await eject(one)).toEqual({
    safeToUnplug: false,
    text: `${two} is in use by sleep. Close what is open there and try again.`,
  });
  expect(isMounted(two)).toBe(true);
  expect(service.asked).toEqual(['Unmount sdb1', 'Unmount sdb2']);
});

it.skipIf(!needsRoot)(
  'is safe once nothing is mounted, whatever the disk can do beyond that (needs root)',
  async () => {
    const place = mounted('place');
    const service = await disks([{ name: 'sdb1', drive: 'usb', mounts: [place] }], {
      name: 'usb',
      canPowerOff: true,
      isEjectable: false,
    });
    service.forbidden.add('usb');
    expect(await eject(place)).toEqual({ safeToUnplug: true, text: 'It is unmounted and can be unplugged.' });
  },
);

it.skipIf(!needsRoot)('leaves what only an administrator may do, with words (needs root)', async () => {
  const place = mounted('place');
  const service = await disks([{ name: 'sdb1', drive: 'usb', mounts: [place] }]);
  service.forbidden.add('sdb1');
  expect(await eject(place)).toEqual({ safeToUnplug: false, text: expect.stringContaining('administrator') });
  expect(isMounted(place)).toBe(true);
});

it('never calls safe what it knows nothing of', async () => {
  expect(await eject('/media/none')).toEqual({
    safeToUnplug: false,
    text: expect.stringContaining('no service for ejecting'),
  });
  await disks([]);
  expect(await eject('/media/none')).toEqual({
    safeToUnplug: false,
    text: 'Nothing that can be ejected is mounted at /media/none.',
  });
  await bus.kill();
  await expect.poll(() => link.isUp).toBe(false);
  expect(await eject('/media/none')).toMatchObject({ safeToUnplug: false });
});

it('is not safe where nobody can say that nothing is mounted any more', async () => {
  const block = {
    path: '/b',
    device: '/dev/loop9',
    drive: undefined,
    mountPoints: ['/m'],
    backing: undefined,
    isEncrypted: false,
    isLoop: false,
  };
  let looks = 0;
  const done = async (): Promise<void> => undefined;
  const udisks = {
    look: async () => {
      looks += 1;
      if (looks > 1) throw new Error('gone');
      return { blocks: [block], drives: [] };
    },
    unmount: done,
    lock: done,
    detachLoop: done,
    eject: done,
    powerOff: done,
  };
  expect(await ejectDisk('/m', { udisks, usersOf: async () => [], usersOfDevices: async () => [] })).toMatchObject({
    safeToUnplug: false,
  });
});
