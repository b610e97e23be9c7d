import { describe, expect, it } from 'vitest';
import type { Preflight } from '../../../shared/domain/preflight.ts';
import { maxGroupMembers, sourceSpecSchema } from '../../../shared/domain/source.ts';
import {
  hasPlaceProblem,
  mayHaveMore,
  mountPointsOf,
  ownFilesystemIn,
  placeProblem,
  placeVerdict,
  withChangedPlace,
  withoutPlace,
  withPlace,
} from './places.ts';
import { draftOf, draftProblem, emptyDraft, isSameSpec, movedPlace, specOf } from './source-draft.ts';

const names = { home: 'Home', system: 'System' };
const one = emptyDraft('/srv/db', '/home/ana', names);
const two = withPlace(one, '/var/log/db');
const at = (mountPoint: string): Preflight => ({ mountPoint }) as unknown as Preflight;

describe('several places as one source', () => {
  it('are a group as soon as there are two, each with its own excludes, and one folder again when there is one', () => {
    expect(specOf(one).kind).toBe('filesystem');
    const spec = specOf(withChangedPlace(two, 1, { ...movedPlace(one, '/var/log/db'), ignoreText: '*.old' }));
    expect(spec).toMatchObject({
      kind: 'group',
      members: [
        { path: '/srv/db', ignoreLines: [] },
        { path: '/var/log/db', ignoreLines: ['*.old'] },
      ],
    });
    expect(sourceSpecSchema.parse(spec)).toEqual(spec);
    expect(specOf(withoutPlace(two, 0))).toMatchObject({ kind: 'filesystem', path: '/var/log/db' });
    expect(withoutPlace(two, 0).name).toBe('db');
  });

  it('are the same as they were registered, in whatever order', () => {
    const spec = specOf(two);
    expect(specOf(draftOf('db', spec))).toEqual(spec);
    if (spec.kind !== 'group') throw new Error('two places are a group');
    expect(isSameSpec(spec, { ...spec, members: spec.members.toReversed() })).toBe(true);
    expect(isSameSpec(spec, specOf(one))).toBe(false);
    const fewer = spec.members.map((member) => ({ ...member, excludePresets: [] }));
    expect(isSameSpec(spec, { ...spec, members: fewer })).toBe(false);
  });

  it('begin with the name of the first, and need a path each', () => {
    expect(two.name).toBe('db');
    expect(draftProblem(two)).toBeNull();
    expect(draftProblem(withPlace(one, ''))).toBe('no-path');
    expect(draftProblem(withPlace(one, 'log'))).toBe('relative-path');
  });

  it('are no more than can be held at once', () => {
    const many = Array.from({ length: maxGroupMembers - 1 }).reduce<typeof one>(
      (all, _, n) => withPlace(all, `/p${n}`),
      one,
    );
    expect(mayHaveMore(two)).toBe(true);
    expect(mayHaveMore(many)).toBe(false);
  });
});

describe('what is wrong with a place', () => {
  const nothing = new Map<string, Preflight>();

  it('is said of the second of the same, whatever slashes it ends in', () => {
    const same = withPlace(one, '/srv/db/');
    expect([placeProblem(same, 0, nothing), placeProblem(same, 1, nothing)]).toEqual([null, { kind: 'twice' }]);
    expect(hasPlaceProblem(same, nothing)).toBe(true);
  });

  it('is said of one inside another on the same filesystem, and only when that is known', () => {
    const nested = withPlace(one, '/srv/db/log');
    expect(placeProblem(nested, 1, nothing)).toBeNull();
    const same = new Map([
      ['/srv/db', at('/srv')],
      ['/srv/db/log', at('/srv')],
    ]);
    expect(placeProblem(nested, 1, same)).toEqual({ kind: 'inside', other: '/srv/db' });
    expect(placeProblem(nested, 0, same)).toBeNull();
    const own = new Map([
      ['/srv/db', at('/srv')],
      ['/srv/db/log', at('/srv/db/log')],
    ]);
    expect(placeProblem(nested, 1, own)).toBeNull();
    expect([ownFilesystemIn(nested, 0, own), ownFilesystemIn(nested, 1, own)]).toEqual([null, '/srv/db']);
    expect(mountPointsOf(nested, own)).toEqual(['/srv', '/srv/db/log']);
    expect(mountPointsOf(nested, same)).toEqual(['/srv']);
  });

  it('is a path that is none', () => {
    expect(placeProblem(withPlace(one, 'log'), 1, nothing)).toEqual({ kind: 'relative' });
    expect(hasPlaceProblem(withPlace(one, ''), nothing)).toBe(true);
    expect(hasPlaceProblem(two, nothing)).toBe(false);
  });
});

describe('whether a place can be held', () => {
  const promise = (available: boolean, reasons: string[]) => ({ method: 'precopy-freeze', available, reasons });
  const found = (considered: unknown[]): Preflight =>
    ({
      considered,
      chosen: { reasons: ['Nobody is held.'] },
      filesystem: 'ext4',
      mountPoint: '/srv',
    }) as unknown as Preflight;

  it('is what the way that can hold several says of it, with its reason', () => {
    expect(placeVerdict(found([promise(true, ['Fine.'])]))).toEqual({
      kind: 'held',
      filesystem: 'ext4',
      mountPoint: '/srv',
    });
    expect(placeVerdict(found([promise(false, ['exFAT cannot.'])]))).toEqual({ kind: 'refused', why: 'exFAT cannot.' });
    expect(placeVerdict(found([]))).toEqual({ kind: 'refused', why: 'Nobody is held.' });
  });
});
