import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unmount } from '../../system/bind-mounts.ts';
import { findProgram, runProgramOk } from '../../system/exec.ts';
import { asIdentity } from '../../system/identity.ts';
import { mountOfDescriptor } from '../../system/mounts.ts';
import { type LoopFilesystem, openLoopFilesystem, whyNoLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import type { ChangeTracker } from './contract.ts';
import { kernelSource } from './kernel-source.ts';
import { RecordedChanges } from './testing/recorded-changes.ts';
import { createTrackers } from './trackers.ts';

async function run(program: string, ...arguments_: string[]): Promise<void> {
  await runProgramOk(findProgram(program) ?? program, arguments_);
}

function onDirectory<T>(path: string, use: (fd: number) => T): T {
  const fd = fs.openSync(path, 'r');
  try {
    return use(fd);
  } finally {
    fs.closeSync(fd);
  }
}

const missing = whyNoLoopFilesystem('ext4');
describe.skipIf(missing !== undefined)(missing ?? 'how long a tracker can be believed', () => {
  let filesystem: LoopFilesystem;
  let mountPoint: string;
  const shares: ChangeTracker[] = [];
  const heard = new RecordedChanges();
  const track = (trackers = createTrackers(), path = mountPoint): ChangeTracker => {
    const tracker = onDirectory(path, (fd) => trackers.track(fd));
    shares.push(tracker);
    return tracker;
  };

  beforeEach(async () => {
    filesystem = await openLoopFilesystem({ type: 'ext4', sizeMiB: 64 });
    mountPoint = filesystem.mountPoint;
    heard.doubts.length = 0;
  });
  afterEach(async () => {
    for (const share of shares.splice(0)) share[Symbol.dispose]();
    await filesystem.close();
  });

  it('an unmount is a doubt, and what is mounted then has another tracker', async () => {
    const trackers = createTrackers();
    const first = track(trackers);
    first.subscribe(heard);
    expect(track(trackers).epoch).toBe(first.epoch);
    first.lookAround();
    expect(heard.doubts).toEqual([]);
    // Nothing of ours keeps the disk from being taken out.
    unmount(mountPoint);
    first.lookAround();
    first.lookAround();
    expect(heard.doubts).toEqual(['The filesystem was unmounted.']);
    await run('mount', '-o', 'loop', filesystem.image, mountPoint);
    const second = track(trackers);
    expect(second.epoch).not.toBe(first.epoch);
    const late = new RecordedChanges();
    second.subscribe(late);
    fs.writeFileSync(join(mountPoint, 'file'), 'x');
    expect(first.drain()).toBe(0);
    expect(late.takeFrom(second).size).toBeGreaterThan(0);
    expect(heard.takeFrom(first).size).toBe(0);
  });

  it('a mount with other options is a doubt, once', async () => {
    const tracker = track();
    tracker.subscribe(heard);
    await run('mount', '-o', 'remount,ro', mountPoint);
    tracker.lookAround();
    tracker.lookAround();
    expect(heard.doubts).toEqual(['The filesystem was mounted anew with other options.']);
    await run('mount', '-o', 'remount,rw', mountPoint);
    tracker.lookAround();
    expect(heard.doubts).toHaveLength(2);
  });

  it('a mount that was taken away while somebody is in it cannot be followed', () => {
    const trackers = createTrackers();
    onDirectory(mountPoint, (fd) => {
      unmount(mountPoint, { detach: true });
      expect(trackers.problem(fd)).toMatch(/only others can see/);
      expect(() => trackers.track(fd)).toThrow(expect.objectContaining({ kind: 'freeze-refused' }));
    });
  });

  it('a mount of something else is none', async () => {
    const tracker = track();
    tracker.subscribe(heard);
    const at = join(mountPoint, 'below');
    fs.mkdirSync(at);
    await run('mount', '-t', 'tmpfs', 'stillpoint', at);
    tracker.lookAround();
    unmount(at);
    tracker.lookAround();
    expect(heard.doubts).toEqual([]);
  });

  it('a share that begins later hears of files that were open before', () => {
    const path = join(mountPoint, 'early');
    const early = fs.openSync(path, 'w+');
    const tracker = track();
    tracker.subscribe(heard);
    fs.writeSync(early, 'x');
    expect([...(heard.takeFrom(tracker).get(tracker.keyOf(early)) ?? [])].sort()).toEqual(['content', 'metadata']);
    fs.closeSync(early);
  });

  it('another tracker of the same filesystem, begun after the last ended, has another epoch', () => {
    const trackers = createTrackers();
    const first = track(trackers);
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    expect(track(trackers).epoch).not.toBe(first.epoch);
  });

  it('a full queue is a doubt', () => {
    const trackers = createTrackers({
      identify: (fd) => ({ name: 'test', bootId: 'test', mount: mountOfDescriptor(fd), device: 'test' }),
      obstacle: () => null,
      open: (fd, mount) => kernelSource(fd, mount, { limitedQueue: true }),
    });
    const tracker = track(trackers);
    tracker.subscribe(heard);
    const most = Number(fs.readFileSync('/proc/sys/fs/fanotify/max_queued_events', 'latin1'));
    // Each is an inode of its own, so that no event can become one with another.
    for (let file = 0; file <= most; file += 1) {
      fs.writeFileSync(join(mountPoint, 'file'), 'x');
      fs.unlinkSync(join(mountPoint, 'file'));
    }
    tracker.drain();
    expect(heard.doubts).toEqual(['More changed at once than the kernel could remember.']);
  });

  it('a filesystem that reports an error is a doubt', () => {
    const tracker = track();
    tracker.subscribe(heard);
    fs.writeFileSync(`/sys/fs/ext4/${filesystem.device.replace('/dev/', '')}/trigger_fs_error`, 'asked for by a test');
    tracker.drain();
    expect(heard.doubts).toEqual(['The filesystem reported an error.']);
  });

  it('who may not, is told so', () => {
    const trackers = createTrackers();
    onDirectory(mountPoint, (fd) => {
      expect(trackers.problem(fd)).toBeNull();
      const problem = asIdentity({ uid: 65534, gid: 65534, groups: [] }, () => trackers.problem(fd));
      expect(problem).toBe('Following changes on a whole filesystem needs an administrator’s rights.');
      expect(() => asIdentity({ uid: 65534, gid: 65534, groups: [] }, () => trackers.track(fd))).toThrow(
        expect.objectContaining({ kind: 'freeze-refused', message: problem }),
      );
    });
  });

  it('what holds no files of its own, or those of others, cannot be followed', async () => {
    const trackers = createTrackers();
    expect(onDirectory('/proc', (fd) => trackers.problem(fd))).toMatch(/holds no files of its own/);
    const at = (name: string): string => join(mountPoint, name);
    for (const name of ['lower', 'upper', 'work', 'merged']) fs.mkdirSync(at(name));
    const layers = `lowerdir=${at('lower')},upperdir=${at('upper')},workdir=${at('work')}`;
    await run('mount', '-t', 'overlay', 'overlay', '-o', layers, at('merged'));
    try {
      expect(onDirectory(at('merged'), (fd) => trackers.problem(fd))).toMatch(/shows files of other filesystems/);
    } finally {
      unmount(at('merged'));
    }
  });
});

const missingBtrfs = whyNoLoopFilesystem('btrfs');
describe.skipIf(missingBtrfs !== undefined)(missingBtrfs ?? 'a btrfs subvolume, its top not mounted', () => {
  it('is followed by the top of its filesystem', async () => {
    const filesystem = await openLoopFilesystem({ type: 'btrfs', sizeMiB: 120 });
    const { mountPoint, device } = filesystem;
    try {
      await run('btrfs', 'subvolume', 'create', join(mountPoint, 'part'));
      await run('mount', '-o', 'remount', mountPoint);
      const elsewhere = fs.mkdtempSync(join(filesystem.image, '..', 'part-'));
      await run('mount', '-o', 'subvol=part', device, elsewhere);
      unmount(mountPoint);
      try {
        const trackers = createTrackers();
        expect(onDirectory(elsewhere, (fd) => trackers.problem(fd))).toBeNull();
        using tracker = onDirectory(elsewhere, (fd) => trackers.track(fd));
        const heard = new RecordedChanges();
        tracker.subscribe(heard);
        tracker.lookAround();
        fs.mkdirSync(join(elsewhere, 'folder'));
        fs.writeFileSync(join(elsewhere, 'folder/file'), 'x');
        const file = onDirectory(join(elsewhere, 'folder/file'), (fd) => tracker.keyOf(fd));
        expect([...(heard.takeFrom(tracker).get(file) ?? [])].sort()).toEqual(['content', 'metadata']);
        expect(heard.doubts).toEqual([]);
      } finally {
        unmount(elsewhere);
        fs.rmdirSync(elsewhere);
      }
    } finally {
      await filesystem.close();
    }
  });
});
