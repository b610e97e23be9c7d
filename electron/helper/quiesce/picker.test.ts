import { describe, expect, it } from 'vitest';
import type { ConsistencyLevel } from '../../../shared/domain/level.ts';
import type { QuiesceMethodName } from '../../../shared/domain/method.ts';
import type { MethodPromise } from '../../../shared/domain/preflight.ts';
import type { QuiesceMethod } from './contract.ts';
import { pickMethods } from './picker.ts';

const wishes = { requiredLevel: 'filesystem', longestStallMs: 250 } as const;

function offer(
  method: QuiesceMethodName,
  level: ConsistencyLevel,
  expectedStallMs: number,
  refusal?: string,
): { method: QuiesceMethod; promise: MethodPromise } {
  const promise: MethodPromise = {
    method,
    available: refusal === undefined,
    level,
    expectedStallMs,
    reasons: refusal === undefined ? [] : [refusal],
    remedies: [],
  };
  const unused = (): never => {
    throw new Error('the picker only compares promises');
  };
  return { method: { name: method, preflight: async () => promise, withStillView: unused }, promise };
}

function pick(offers: readonly ReturnType<typeof offer>[], longestStallMs = 250) {
  const picked = pickMethods(
    offers.map(({ method }) => method),
    offers.map(({ promise }) => promise),
    { ...wishes, longestStallMs },
  );
  return { order: picked.methods.map(({ name }) => name), why: picked.whyNotStronger, promises: picked.promises };
}

describe('pickMethods', () => {
  const live = offer('live', 'observed-static', 0);

  it('orders by level, then by the expected pause', () => {
    const copy = offer('fsfreeze-copy', 'filesystem', 120);
    const precopy = offer('precopy-freeze', 'filesystem', 12);
    const lvm = offer('lvm-snapshot', 'crash', 3);
    expect(pick([live, copy, lvm, precopy])).toEqual({
      order: ['precopy-freeze', 'fsfreeze-copy', 'lvm-snapshot', 'live'],
      promises: [precopy.promise, copy.promise, lvm.promise, live.promise],
      why: [],
    });
  });

  it('says of each stronger method why it was not used, in its own words', () => {
    const refused = offer('fsfreeze-copy', 'filesystem', 40, 'This needs administrator rights.');
    expect(pick([live, refused])).toMatchObject({
      order: ['live'],
      why: ['Holding still for the whole copy was not possible: This needs administrator rights.'],
    });
  });

  it('does not use what would hold writers longer than the policy allows', () => {
    const slow = offer('fsfreeze-copy', 'filesystem', 250.2);
    expect(pick([slow, live])).toMatchObject({
      order: ['live'],
      why: [
        'Holding still for the whole copy was not possible: Writers would pause about 251 ms, longer than the 250 ms allowed.',
      ],
    });
    expect(pick([slow, live], 251).order).toEqual(['fsfreeze-copy', 'live']);
  });

  it('tells once what several methods were not used for', () => {
    const words = 'Writers may be held between 22:00 and 06:00 only.';
    const offers = [
      offer('precopy-freeze', 'filesystem', 12, words),
      offer('fsfreeze-copy', 'filesystem', 120, words),
      offer('lvm-snapshot', 'crash', 3, 'There is no space for it.'),
    ];
    expect(pick([live, ...offers]).why).toEqual([
      'Copying first and holding still for the rest was not possible, nor was holding still for the whole copy: Writers may be held between 22:00 and 06:00 only.',
      'An LVM snapshot was not possible: There is no space for it.',
    ]);
  });

  it.each<[QuiesceMethodName, string]>([
    ['btrfs-snapshot', 'A btrfs snapshot'],
    ['zfs-snapshot', 'A ZFS snapshot'],
    ['tarantool-backup', 'A backup by Tarantool itself'],
    ['qemu-backup', 'A backup by QEMU'],
    ['openstack-image', 'An OpenStack image'],
  ])('has words for %s, and for what says nothing of itself', (method, deed) => {
    const silent = offer(method, 'application', 0, 'x');
    const promise = { ...silent.promise, reasons: [] };
    expect(pick([live, { ...silent, promise }]).why).toEqual([`${deed} was not possible: It is not available here.`]);
  });

  it('does not explain what is weaker than the choice', () => {
    const copy = offer('fsfreeze-copy', 'filesystem', 40);
    const lvm = offer('lvm-snapshot', 'crash', 3, 'There is no space for it.');
    expect(pick([lvm, copy, live]).why).toEqual([]);
  });

  it('explains all of them when none may be used', () => {
    const a = offer('fsfreeze-copy', 'filesystem', 40, 'It is frozen by another program.');
    const b = offer('live', 'per-file', 0, 'It cannot be read.');
    const picked = pick([b, a]);
    expect(picked.order).toEqual([]);
    expect(picked.why).toHaveLength(2);
  });

  it('refuses promises that belong to other methods', () => {
    const copy = offer('fsfreeze-copy', 'filesystem', 40);
    expect(() => pickMethods([live.method], [copy.promise], wishes)).toThrow('promise of live');
  });
});
