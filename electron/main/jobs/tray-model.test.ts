import { expect, it } from 'vitest';
import type { Health, SourceView } from '../../../shared/ipc/sources.ts';
import { photosId, repositoryId, runId, sources } from '../testing/world-data.ts';
import { newRun } from './fold-run.ts';
import { pauseEnd, type TrayFacts, type TrayItem, trayModel } from './tray-model.ts';

const now = Date.parse('2025-11-20T11:40:00Z');
const minute = 60_000;

function view(n: 0 | 1, health: Health): SourceView {
  const source = sources[n];
  if (!source) throw new Error('the world has two sources');
  return {
    ...source,
    ...{ health, healthText: '', last: null, lastGood: null, runningRunId: null, nextRunAt: now + 20 * minute },
    ...{ heldBack: '', lateSince: null, notes: [] },
  };
}

const waiting = (n: 0 | 1, healthText: string): SourceView => ({ ...view(n, 'waiting'), healthText });
const together = 'Photos and Documents: waiting for Disk';
const apart = 'Photos: waiting for Disk; Documents: waiting for the password of NAS';
const otherDisk = 'Photos: waiting. Another repository is in the place of Disk';

const asked = { runId: runId(1), kind: 'backup', sourceId: photosId, repositoryId, trigger: 'person' } as const;
const backup = newRun({ ...asked, title: 'Back up Photos', askedAt: '2025-11-20T11:40:00Z' });
const facts = (more: Partial<TrayFacts>): TrayFacts => ({
  ...{
    sources: [view(0, 'safe'), view(1, 'safe')],
    active: [],
    pausedUntil: null,
    problem: '',
    ejectable: [],
    now,
    zone: 'UTC',
  },
  ...more,
});
const lines = (more: Partial<TrayFacts>): string[] => trayModel(facts(more)).tooltip.split('\n').slice(1);

function labels(items: readonly TrayItem[]): string[] {
  return items.flatMap((item) => {
    if (item.kind === 'separator') return ['-'];
    if (item.kind !== 'menu') return [item.label];
    return [item.label, ...labels(item.items).map((label) => `  ${label}`)];
  });
}

it.each([
  ['empty', { sources: [] }, 'Nothing is protected yet'],
  ['safe', {}, 'All 2 are safe'],
  ['safe', { sources: [view(0, 'safe')] }, 'Photos is safe'],
  ['safe', { sources: [view(0, 'new'), view(1, 'safe')] }, 'Photos: not backed up yet'],
  ['waiting', { sources: [view(0, 'waiting'), view(1, 'safe')] }, 'Photos: waiting'],
  ['waiting', { sources: [waiting(0, 'Waiting for Disk.'), waiting(1, 'Waiting for Disk')] }, together],
  ['waiting', { sources: [waiting(0, 'Waiting for Disk'), waiting(1, 'Waiting for the password of NAS')] }, apart],
  ['waiting', { sources: [waiting(0, 'Another repository is in the place of Disk')] }, otherDisk],
  ['attention', { sources: [view(0, 'late'), view(1, 'waiting')] }, 'Photos: late'],
  ['attention', { sources: [view(0, 'safe'), view(1, 'weaker')] }, 'Documents: weaker than asked for'],
  ['failed', { sources: [view(0, 'failed'), view(1, 'failed')] }, 'Photos and Documents: failed'],
  ['failed', { problem: 'The helper is missing', sources: [] }, 'Nothing can be backed up'],
  ['running', { sources: [view(0, 'running'), view(1, 'failed')], active: [backup] }, 'Back up Photos'],
  ['paused', { pausedUntil: 'forever' }, 'All 2 are safe'],
  ['attention', { pausedUntil: 'forever', sources: [view(0, 'late')] }, 'Photos: late'],
] satisfies [string, Partial<TrayFacts>, string][])('is %s', (icon, more, words) => {
  expect([trayModel(facts(more)).icon, lines(more)[0]]).toEqual([icon, words]);
});

it('says when the last backup was, and when the next one is', () => {
  expect(lines({})).toEqual(['All 2 are safe', 'No backup yet', 'Next 12:00']);
  expect(lines({ pausedUntil: now + 60 * minute })).toContain('Paused until 12:40');
  expect(lines({ pausedUntil: 'forever' })).not.toContain('Next 12:00');
});

it('promises no time for what waits, and says what it waits for', () => {
  const disk = 'Waiting for Disk';
  const mains: SourceView = { ...view(0, 'safe'), heldBack: 'Waiting for mains power' };
  expect(lines({ sources: [waiting(0, disk), waiting(1, disk)] })).toEqual([together, 'No backup yet']);
  expect(lines({ sources: [waiting(0, disk), view(1, 'safe')] })).toContain('Next 12:00');
  expect(lines({ sources: [mains] })).toEqual(['Photos is safe', 'No backup yet', 'Waiting for mains power']);
  expect(lines({ sources: [{ ...view(0, 'late'), heldBack: disk }] })).toEqual(['Photos: late', 'No backup yet', disk]);
  expect(lines({ sources: [mains], pausedUntil: 'forever' })).toEqual(['Photos is safe', 'No backup yet', 'Paused']);
});

it('has a menu', () => {
  const ejectable = [{ id: repositoryId, name: 'Backup disk' }];
  expect(labels(trayModel(facts({ ejectable })).items)).toEqual([
    'All 2 are safe',
    'No backup yet',
    'Next 12:00',
    '-',
    'Back up now',
    '  All',
    '  -',
    '  Photos',
    '  Documents',
    'Pause backups',
    '  1 hour',
    '  3 hours',
    '  Until tomorrow',
    '  Until I resume',
    'Eject Backup disk',
    '-',
    'Open Stillpoint',
    'Quit',
  ]);
});

it('has no list for one source, and a way back from a pause', () => {
  const { items } = trayModel(facts({ sources: [view(0, 'safe')], pausedUntil: 'forever' }));
  expect(items).toContainEqual({
    ...{ kind: 'action', label: 'Back up now', enabled: true },
    action: { kind: 'back-up', sourceId: photosId },
  });
  expect(items).toContainEqual({ kind: 'action', label: 'Resume backups', action: { kind: 'resume' }, enabled: true });
});

it('offers nothing that cannot be done now', () => {
  const more = { sources: [view(0, 'running')], active: [backup], ejectable: [{ id: repositoryId, name: 'Disk' }] };
  const off = trayModel(facts(more)).items.filter((item) => 'enabled' in item && !item.enabled);
  expect(labels(off)).toEqual(['Back up now', 'Eject Disk']);
});

it('pauses until the morning of whoever pauses at night', () => {
  const at = (hours: number): number => new Date(2025, 10, 20, hours).getTime();
  expect(pauseEnd('hour', now)).toBe(now + 60 * minute);
  expect(pauseEnd('tomorrow', at(22))).toBe(new Date(2025, 10, 21, 6).getTime());
  expect(pauseEnd('tomorrow', at(2))).toBe(at(6));
  expect(pauseEnd('forever', now)).toBe('forever');
});
