import { expect, it } from 'vitest';
import { forgetWarning } from '../../../../shared/domain/keep/forget-warning.ts';
import { photosId, repository, repositoryId, runId } from '../../testing/world-data.ts';
import { sourceNotes } from '../source-notes.ts';
import { noticeKinds } from './notice.ts';
import { type NoticeFacts, noticesFor, undecided } from './notices-for.ts';
import { day, disk, gib, late, mark, nothing, now, other, run, safe } from './testing/notice-facts.ts';

const unplug = { repositoryId, repositoryName: 'Backup disk', text: '', runId: runId(2) };
const weak = { last: mark(3, now, 'per-file'), health: 'weaker' } as const;

/** Every notice there is, word for word. */
const table: readonly [
  string,
  Partial<NoticeFacts>,
  { title: string; body: string; actions: string; leads: string }[],
][] = [
  ['nothing while all is well', {}, []],
  ['nothing of a disk that is away and not missed yet', { repositories: [{ ...disk, state: 'waiting' }] }, []],
  [
    'a failure',
    {
      sources: [{ ...safe, health: 'failed', healthText: 'The disk has an error.' }],
      latestBackups: [run('failed', 'io', 'The disk has an error.')],
    },
    [
      {
        title: 'Photos was not backed up',
        body: 'The disk has an error. Mend it.',
        actions: 'Show, Back up now',
        leads: 'run',
      },
    ],
  ],
  [
    'an interruption',
    {
      sources: [{ ...safe, health: 'failed', healthText: 'Stillpoint was ended before this was finished.' }],
      latestBackups: [run('interrupted', 'helper-crashed', 'Stillpoint was ended before this was finished.')],
    },
    [
      {
        title: 'Photos: the backup was interrupted',
        body: 'Stillpoint was ended before this was finished. Mend it.',
        actions: 'Show, Back up now',
        leads: 'run',
      },
    ],
  ],
  [
    'a failure that is no run’s',
    {
      sources: [{ ...safe, health: 'failed', healthText: 'Backup disk cannot be written' }],
      latestBackups: [run('failed', 'io')],
    },
    [
      {
        title: 'Photos was not backed up',
        body: 'Backup disk cannot be written.',
        actions: 'Show, Back up now',
        leads: 'source',
      },
    ],
  ],
  [
    'late',
    { sources: [{ ...safe, ...late, heldBack: 'Waiting for mains power' }] },
    [
      {
        title: 'Photos is late',
        body: 'Last good backup 3 days ago. Waiting for mains power.',
        actions: 'Back up now, Show',
        leads: 'source',
      },
    ],
  ],
  [
    'late without any backup',
    { sources: [{ ...safe, ...late, last: null, lastGood: null }] },
    [{ title: 'Photos is late', body: 'No good backup yet.', actions: 'Back up now, Show', leads: 'source' }],
  ],
  [
    'weaker than asked for',
    { sources: [{ ...safe, ...weak, healthText: 'Files are from different moments' }] },
    [
      {
        title: 'Photos: weaker than asked for',
        body: 'Files are from different moments.',
        actions: 'Show',
        leads: 'source',
      },
    ],
  ],
  [
    'weaker than usual',
    { sources: [{ ...safe, ...weak, lastGood: weak.last, healthText: 'Weaker than usual: Not held still' }] },
    [
      {
        title: 'Photos: weaker than usual',
        body: 'Weaker than usual: Not held still.',
        actions: 'Show',
        leads: 'source',
      },
    ],
  ],
  [
    'weaker because nobody allowed more',
    {
      sources: [
        { ...safe, ...weak, healthText: 'Not held still. Scheduled backups hold nothing still until that is allowed' },
      ],
      lackingConsent: new Set([photosId]),
    },
    [
      {
        title: 'Photos: weaker than asked for',
        body: 'Not held still. Scheduled backups hold nothing still until that is allowed.',
        actions: 'Allow…, Show',
        leads: 'source',
      },
    ],
  ],
  [
    'a snapshot that is dated in the future',
    {
      sources: [
        { ...safe, notes: [{ kind: 'future-snapshot', text: 'A snapshot is dated in the future (2099-03-01).' }] },
      ],
    },
    [
      {
        title: 'Photos: a snapshot from a wrong clock',
        body: 'A snapshot is dated in the future (2099-03-01).',
        actions: 'Show',
        leads: 'source',
      },
    ],
  ],
  [
    'keep rules that cannot be applied',
    {
      sources: [
        {
          ...safe,
          notes: sourceNotes({
            ...{ source: safe, repository, aheadAt: null, trial: undefined },
            failedForgets: { sourceId: photosId, backups: 3, text: forgetWarning('It is in use by user on lap.').text },
          }),
        },
      ],
    },
    [
      {
        title: 'Photos: old snapshots stay',
        body: 'Old snapshots could not be deleted for 3 backups: It is in use by user on lap.',
        actions: 'Show',
        leads: 'source',
      },
    ],
  ],
  [
    'a password that a run waits for',
    {
      sources: [{ ...safe, health: 'waiting', heldBack: 'Waiting for the password of Backup disk' }],
      repositories: [{ ...disk, state: 'password-needed' }],
    },
    [
      {
        title: 'Waiting for the password of Backup disk',
        body: 'Photos is not backed up until it is entered.',
        actions: 'Unlock',
        leads: 'unlock',
      },
    ],
  ],
  [
    'a password that sources are late for, once for all',
    {
      sources: [
        { ...safe, ...late },
        { ...other, ...late },
      ],
      repositories: [{ ...disk, state: 'password-needed' }],
    },
    [
      {
        title: 'Waiting for the password of Backup disk',
        body: 'Photos and Documents are not backed up until it is entered. Photos: last good backup 3 days ago. Documents: no good backup yet.',
        actions: 'Unlock',
        leads: 'unlock',
      },
    ],
  ],
  [
    'a disk that a source is late for',
    { sources: [{ ...safe, ...late }], repositories: [{ ...disk, state: 'waiting' }] },
    [
      {
        title: 'Waiting for Backup disk',
        body: 'Connect it; the backup then begins by itself. Photos: last good backup 3 days ago.',
        actions: 'Show',
        leads: 'repository',
      },
    ],
  ],
  [
    'another disk in its place',
    { sources: [{ ...safe, ...late }], repositories: [{ ...disk, state: 'other' }] },
    [
      {
        title: 'Waiting for Backup disk',
        body: 'Connect it; the backup then begins by itself. Another repository is in its place. Photos: last good backup 3 days ago.',
        actions: 'Show',
        leads: 'repository',
      },
    ],
  ],
  [
    'a pause that makes something late, instead of that it is late',
    { sources: [{ ...safe, ...late }], pausedUntil: 'forever' },
    [
      {
        title: 'Backups are paused',
        body: 'Nothing is backed up until they are resumed. Photos: last good backup 3 days ago.',
        actions: 'Resume, Show',
        leads: 'settings',
      },
    ],
  ],
  [
    'a repository that fills up',
    { repositories: [{ ...disk, freeBytes: 12 * gib, growthPerDay: gib, fullAt: now + 12 * day }] },
    [
      {
        title: 'Backup disk will be full in about 12 days',
        body: 'It grows by 1.0 GiB a day, and 12.0 GiB are free. Nothing is deleted beyond the keep rules.',
        actions: 'Free space',
        leads: 'repository',
      },
    ],
  ],
  [
    'not one that has more than thirty days left',
    { repositories: [{ ...disk, growthPerDay: gib, fullAt: now + 31 * day }] },
    [],
  ],
  [
    'a full repository, once and not as a failure of each source',
    {
      sources: [{ ...safe, health: 'failed', healthText: 'Full.' }],
      latestBackups: [run('failed', 'repository-full', 'Full.')],
    },
    [
      {
        title: 'Backup disk is full',
        body: 'Photos could not be backed up. Nothing was deleted; see what frees how much.',
        actions: 'Free space',
        leads: 'repository',
      },
    ],
  ],
  [
    'a disk that may be ejected',
    { unplug: [{ ...unplug, state: 'finished' }] },
    [
      {
        title: 'Backup finished',
        body: 'Eject Backup disk before you unplug it.',
        actions: 'Eject',
        leads: 'repository',
      },
    ],
  ],
  [
    'a disk that is unmounted',
    { unplug: [{ ...unplug, state: 'safe' }] },
    [
      {
        title: 'Safe to unplug',
        body: 'The backup finished and Backup disk is unmounted.',
        actions: '',
        leads: 'repository',
      },
    ],
  ],
  [
    'a disk that somebody ejected, and of no backup',
    { unplug: [{ ...unplug, state: 'safe', runId: '' }] },
    [{ title: 'Safe to unplug', body: 'Backup disk is unmounted.', actions: '', leads: 'repository' }],
  ],
  [
    'a disk that is in use',
    { unplug: [{ ...unplug, state: 'busy', text: 'Files has a folder of it open.' }] },
    [
      {
        title: 'Backup disk was not ejected',
        body: 'Do not unplug it yet. Files has a folder of it open.',
        actions: 'Try again',
        leads: 'repository',
      },
    ],
  ],
  [
    'that nothing can be backed up',
    { problem: 'The backup helper is missing', sources: [], repositories: null },
    [{ title: 'Nothing can be backed up', body: 'The backup helper is missing.', actions: 'Show', leads: 'settings' }],
  ],
  [
    'a success, where it is wanted',
    { successes: [run('done')] },
    [{ title: 'Photos was backed up', body: 'Held still for 11.8 ms.', actions: 'Show', leads: 'run' }],
  ],
];

it.each(table)('tells %s', (_what, facts, expected) => {
  const told = noticesFor({ ...nothing, ...facts }).map(({ title, body, actions, place }) => ({
    title,
    body,
    actions: actions.map(({ label }) => label).join(', '),
    leads: place.kind,
  }));
  expect(told).toEqual(expected);
});

it('asks for no password while a run waits for something else', () => {
  const repositories = [{ ...disk, state: 'password-needed' as const }];
  const paused = { ...safe, heldBack: 'Scheduled backups are paused' };
  expect(noticesFor({ ...nothing, repositories, sources: [paused] })).toEqual([]);
});

it('has a row for every kind of notice', () => {
  const kinds = table.flatMap(([, facts]) => noticesFor({ ...nothing, ...facts }).map(({ kind }) => kind));
  expect(new Set(kinds)).toEqual(new Set(noticeKinds));
});

it('tells nothing of a source that may catch up in a moment, but of a password, which only a person can give', () => {
  const facts = {
    ...nothing,
    sources: [{ ...safe, ...late }],
    mayCatchUp: new Set([photosId]),
  };
  expect(noticesFor(facts)).toEqual([]);
  const locked = { ...facts, repositories: [{ ...disk, state: 'password-needed' as const }] };
  expect(noticesFor(locked).map(({ kind }) => kind)).toEqual(['waiting-password']);
});

it('leaves what it cannot decide as it was', () => {
  const catching = undecided({ ...nothing, mayCatchUp: new Set([photosId]) });
  const ids = [`late:${photosId}`, `failed:${photosId}`, `late:${other.id}`, `disk:${repositoryId}`, 'paused'];
  expect(ids.map(catching)).toEqual([true, true, false, true, true]);
  const unknown = undecided({ ...nothing, repositories: null });
  expect([`disk:${repositoryId}`, `password:${repositoryId}`, `late:${photosId}`].map(unknown)).toEqual([
    true,
    true,
    false,
  ]);
});

it('is about the same while only words change, and about something else when it got worse', () => {
  const about = (facts: Partial<NoticeFacts>): string[] =>
    noticesFor({ ...nothing, ...facts }).map((notice) => `${notice.id} ${notice.about}`);
  const locked = { repositories: [{ ...disk, state: 'password-needed' as const }] };
  const waiting = { ...safe, heldBack: 'Waiting for the password of Backup disk' };
  expect(about({ sources: [{ ...safe, ...late }], now: now + day })).toEqual(
    about({ sources: [{ ...safe, ...late }] }),
  );
  expect(about({ ...locked, sources: [waiting] })).not.toEqual(
    about({ ...locked, sources: [{ ...waiting, ...late }] }),
  );
  const full = (days: number) => ({
    repositories: [{ ...disk, growthPerDay: gib, fullAt: now + days * day }],
  });
  expect(about(full(20))).toEqual(about(full(12)));
  expect(about(full(6))).not.toEqual(about(full(12)));
});
