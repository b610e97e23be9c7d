import { describe, expect, it } from 'vitest';
import type { Mount } from '../../system/mounts.ts';
import { describeRefusal } from './obstacle.ts';
import { createTrackers, type TrackingSystem } from './trackers.ts';

const mount: Mount = {
  ...{ id: 30, parentId: 1, major: 8, minor: 1, root: '/', mountPoint: '/data', options: ['rw'] },
  ...{ fsType: 'ext4', source: '/dev/sda1', superOptions: ['rw'] },
};

/** Descriptor 8 lies on device 8:0 and so on; counts what is open. */
function fakeSystem(
  obstacle: string | null = null,
): TrackingSystem & { openCount: number; opened: number; gone: boolean } {
  return {
    openCount: 0,
    opened: 0,
    gone: false,
    identify: (fd) => ({ name: 'uuid', bootId: 'boot', mount, device: `${fd}:0` }),
    obstacle: () => obstacle,
    open() {
      this.openCount += 1;
      this.opened += 1;
      let isAlive = true;
      return {
        read: () => 0,
        lookAround: () => {
          if (!this.gone || !isAlive) return null;
          isAlive = false;
          return 'The filesystem was unmounted.';
        },
        get isAlive() {
          return isAlive;
        },
        [Symbol.dispose]: () => {
          this.openCount -= 1;
        },
      };
    },
  };
}

describe('trackers', () => {
  it('are one for each filesystem, for as long as anybody has a share', () => {
    const system = fakeSystem();
    const trackers = createTrackers(system);
    const [first, second, other] = [trackers.track(8), trackers.track(8), trackers.track(9)];
    expect(system.opened).toBe(2);
    expect(second.epoch).toBe(first.epoch);
    expect(other.epoch).not.toBe(first.epoch);
    first[Symbol.dispose]();
    first[Symbol.dispose]();
    expect(system.openCount).toBe(2);
    second[Symbol.dispose]();
    other[Symbol.dispose]();
    expect(system.openCount).toBe(0);
  });

  it('that ended do not come back under the same epoch', () => {
    const trackers = createTrackers(fakeSystem());
    const first = trackers.track(8);
    first[Symbol.dispose]();
    expect(trackers.track(8).epoch).not.toBe(first.epoch);
  });

  it('of a filesystem that has gone are not handed out again, and are closed once', () => {
    const system = fakeSystem();
    const trackers = createTrackers(system);
    const first = trackers.track(8);
    const said: string[] = [];
    first.subscribe({ content: () => {}, metadata: () => {}, names: () => {}, doubt: (reason) => said.push(reason) });
    system.gone = true;
    const second = trackers.track(8);
    system.gone = false;
    expect(said).toEqual(['The filesystem was unmounted.']);
    expect(second.epoch).not.toBe(first.epoch);
    first[Symbol.dispose]();
    expect(system.openCount).toBe(1);
    expect(trackers.track(8).epoch).toBe(second.epoch);
  });

  it('promise nothing for the time before they were asked for', () => {
    const before = BigInt(Date.now()) * 1_000_000n;
    expect(createTrackers(fakeSystem()).track(8).startedNs).toBeGreaterThan(before);
  });

  it('say why not', () => {
    const trackers = createTrackers(fakeSystem('It rains.'));
    expect(trackers.problem(8)).toBe('It rains.');
    expect(() => trackers.track(8)).toThrow(expect.objectContaining({ kind: 'freeze-refused', message: 'It rains.' }));
    expect(createTrackers(fakeSystem()).problem(8)).toBeNull();
  });
});

describe('refusals of the kernel, in words', () => {
  const refused = (code: string): string => describeRefusal(Object.assign(new Error(code), { code }), mount);
  it.each([
    ['EPERM', /administrator/],
    ['EXDEV', /\/data is a part \(subvolume\)/],
    ['ENODEV', /\/data \(ext4\) cannot tell/],
    ['ENOTSUP', /\/data \(ext4\) cannot tell/],
    ['EMFILE', /Too many programs/],
    ['ENOSYS', /fanotify/],
  ])('%s', (code, words) => {
    expect(refused(code)).toMatch(words);
  });

  it('what nobody expected is not made into words', () => {
    expect(() => refused('EIO')).toThrow(/EIO/);
  });
});
