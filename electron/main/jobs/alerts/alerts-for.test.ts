import { expect, it } from 'vitest';
import { type ErrorKind, StillpointError, serializeError } from '../../../../shared/errors/index.ts';
import type { SourceView } from '../../../../shared/ipc/sources.ts';
import { photosId, repositoryId, runId, sources } from '../../testing/world-data.ts';
import { newRun } from '../fold-run.ts';
import { type AlertFacts, alertsFor, remindMs, type ToldOf } from './alerts-for.ts';

const now = Date.parse('2025-11-20T12:00:00Z');
const [photos] = sources;
if (!photos) throw new Error('the world has a source');
const safe: SourceView = {
  ...photos,
  ...{ health: 'safe', healthText: '', last: null, lastGood: null, runningRunId: null, nextRunAt: null },
  ...{ heldBack: '', lateSince: null, notes: [] },
};
const failed = (healthText = 'The disk has an error.'): SourceView => ({ ...safe, health: 'failed', healthText });
const late: SourceView = { ...safe, health: 'late', lateSince: now - 1, healthText: 'Late' };
const weaker: SourceView = { ...safe, health: 'weaker', healthText: 'Changed while copied' };

const facts = (source: SourceView, more: Partial<AlertFacts> = {}): AlertFacts => ({
  ...{ sources: [source], latestBackups: [], mayCatchUp: new Set(), hostname: 'desk', now },
  ...more,
});

/** What is told as one thing follows the other. */
function events(...steps: AlertFacts[]): string[][] {
  let told: ToldOf = {};
  return steps.map((step) => {
    const judged = alertsFor(step, told);
    ({ told } = judged);
    return judged.alerts.map(({ event }) => event);
  });
}

it('tells each thing once, what is new, and that it is over', () => {
  const steps = [safe, failed(), failed(), failed('The network is gone.'), safe, safe, failed()].map((s) => facts(s));
  expect(events(...steps)).toEqual([[], ['failed'], [], ['failed'], ['recovered'], [], ['failed']]);
});

it('tells that it is late besides, and reminds of it every week', () => {
  const steps = [facts(late), facts(late, { now: now + remindMs - 1 }), facts(late, { now: now + remindMs })];
  expect(events(...steps)).toEqual([['late'], [], ['late']]);
  expect(events(facts({ ...failed(), lateSince: now - 1 }))).toEqual([['failed', 'late']]);
});

it('tells of a weaker backup, and of another kind of weakness', () => {
  expect(events(facts(weaker), facts(weaker), facts({ ...weaker, healthText: 'Not held still' }))).toEqual([
    ['weaker'],
    [],
    ['weaker'],
  ]);
});

it('says nothing while it runs or may catch up, and forgets nothing meanwhile', () => {
  const running: SourceView = { ...safe, health: 'running' };
  const catching = facts(failed('Something else.'), { mayCatchUp: new Set([photosId]) });
  expect(events(facts(failed()), facts(running), catching, facts(failed()), facts(safe))).toEqual([
    ['failed'],
    [],
    [],
    [],
    ['recovered'],
  ]);
});

it('says nothing of who waits and is not late, nor that it is over', () => {
  const waiting: SourceView = { ...safe, health: 'waiting', healthText: 'Waiting for Backup disk' };
  expect(events(facts(waiting), facts(failed()), facts(waiting), facts(safe))).toEqual([
    [],
    ['failed'],
    [],
    ['recovered'],
  ]);
});

it('says that it is over also after it seemed never backed up: a run was given up, or its snapshot is not known yet', () => {
  const fresh: SourceView = { ...safe, health: 'new', healthText: 'Not backed up yet' };
  expect(events(facts(failed()), facts(fresh), facts(safe))).toEqual([['failed'], [], ['recovered']]);
  expect(events(facts(fresh), facts(safe))).toEqual([[], []]);
});

it('names what to do, and no place on this machine', () => {
  const run = (kind: ErrorKind, message: string, guidance: string) => {
    const asked = {
      runId: runId(2),
      kind: 'backup',
      title: 'Back up Photos',
      sourceId: photosId,
      repositoryId,
    } as const;
    const error = serializeError(new StillpointError({ kind, message, guidance }));
    const askedAt = '2025-11-20T11:00:00Z';
    return { ...newRun({ ...asked, askedAt, trigger: 'schedule' }), outcome: 'failed' as const, error };
  };
  const text = (words: string, guidance: string): string =>
    alertsFor(facts(failed(words), { latestBackups: [run('io', words, guidance)] }), {}).alerts[0]?.text ?? '';
  expect(text('The disk has an error.', 'Look at its cable.')).toContain(
    'The disk has an error. There is no good backup yet. Look at its cable.',
  );
  const secret = text('/home/user/Tax returns/2024.ods cannot be read.', 'Look at “/home/user/Tax returns”.');
  expect(secret).not.toMatch(/home|Tax|2024/);
  expect(secret).toContain('See Stillpoint on that machine for what happened.');
});
