import { expect, it } from 'vitest';
import { type MadeCheck, noCare } from '../../../../shared/domain/care.ts';
import { runIdSchema } from '../../../../shared/domain/ids.ts';
import { i18n } from '../../../i18n/i18n.ts';
import { repositoryIdOf, snapshotIdOf } from '../../../testing/model/ids.ts';
import { checkedWords, partWords, planWords, soundnessOf } from './check-words.ts';
import { type CopyGroup, chosenIds } from './copy-choice.ts';

const t = i18n.getFixedT('en', 'repository');
const base = { runId: runIdSchema.parse('1'.repeat(32)), at: 5, planned: false } as const;
const share: MadeCheck = {
  ...base,
  outcome: 'clean',
  checked: { what: 'share', part: 3, of: 10, snapshots: 2, bytes: 2 * 1024 ** 3, allBytes: 20 * 1024 ** 3 },
};

it('says of a check no more than it looked at', () => {
  expect(checkedWords(share, t)).toBe('part 3 of 10: 2\u00a0GiB of 20\u00a0GiB, and the structure');
  const structure = {
    ...share,
    checked: { ...share.checked, what: 'structure', bytes: 0, allBytes: null },
  } as MadeCheck;
  expect(checkedWords(structure, t)).toBe('structure of 2 snapshots; no data read');
  expect(checkedWords({ ...share, checked: null }, t)).toBe('did not come to its end');
});

it('says how long a plan takes to read everything', () => {
  expect(planWords({ every: 'week', of: 10 }, t)).toMatch(/^Every week, a tenth: all data is read within 10 weeks\./);
  expect(planWords({ every: 'month', of: 1 }, t)).toMatch(/^Every month, all data\./);
  expect(partWords(7, t)).toBe('one part of 7');
});

it('calls a repository damaged until all data was found whole, whatever the last check looked at', () => {
  expect(soundnessOf(noCare)).toBe('never');
  expect(soundnessOf({ damage: null, lastCheck: share })).toBe('sound');
  expect(soundnessOf({ damage: { at: 1 }, lastCheck: share })).toBe('damaged');
  expect(soundnessOf({ damage: null, lastCheck: { ...share, outcome: 'not-done', checked: null } })).toBe('notDone');
});

it('copies what was chosen: all, the newest of each, or some sources', () => {
  const groups: CopyGroup[] = ['a', 'b'].map((key) => ({
    ...{ key, name: key },
    ids: [1, 2, 3].map((n) => snapshotIdOf(`${key} ${n} ${repositoryIdOf(key)}`)),
  }));
  expect(chosenIds(groups, 'all', [])).toHaveLength(6);
  expect(chosenIds(groups, 'newest', [])).toEqual([groups[0]?.ids[2], groups[1]?.ids[2]]);
  expect(chosenIds(groups, 'sources', ['b'])).toEqual(groups[1]?.ids);
  expect(chosenIds(groups, 'sources', [])).toEqual([]);
});
