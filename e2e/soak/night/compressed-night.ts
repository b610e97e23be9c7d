import { appendFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loggedBackup } from '../../../electron/cli/schedule/logged-run.ts';
import { schedulerPorts } from '../../../electron/cli/schedule/ports.ts';
import { Unlocking } from '../../../electron/cli/schedule/unlocking.ts';
import { localHelper } from '../../../electron/helper/local-helper.ts';
import { RunLogs, Scheduler, type SchedulerPorts } from '../../../electron/schedule/index.ts';
import { slotsBetween } from '../../../shared/domain/schedule/slots.ts';
import { newPlace, type Place } from '../../harness/place.ts';
import type { CaseResult } from '../../harness/soak.ts';
import { restic } from '../../headless/restic.ts';
import { judgeHistory } from './judge-history.ts';

export interface Night {
  readonly hours: number;
  /** How many times faster the night passes than it is. */
  readonly factor: number;
}

/**
 * A night of the real scheduler with the real helper, files that change and a real repository, over a clock that the
 * scheduler is handed and that runs faster. In the middle the disk is away for a while, and the scheduler is started again.
 * Afterwards every hour of the night is in the repository or told as missed, and none is there twice.
 */
export async function compressNight({ hours, factor }: Night): Promise<CaseResult> {
  using place = newPlace();
  const folder = place.folder('papers', { 'a.txt': 'one' });
  await done(place.run('init'));
  await done(place.run('sources', 'add', folder, '--every', '1h', '--on-battery', 'as-usual', '--keep-all'));
  Object.assign(process.env, place.environment);

  const realStart = Date.now();
  const evenStart = performance.now();
  const passed = (): number => (performance.now() - evenStart) * factor;
  const now = (): number => Math.floor(realStart + passed());
  const begin = (): Scheduler => startScheduler(place, { now, monotonic: passed, zone: () => 'UTC' });

  const end = realStart + hours * 3_600_000;
  const away = { from: realStart + hours * 3_600_000 * 0.4, to: realStart + hours * 3_600_000 * 0.85 };
  let scheduler = begin();
  await scheduler.start();
  let hasRestarted = false;
  let isAway = false;
  while (now() < end) {
    appendFileSync(join(folder, 'a.txt'), `${now()}\n`);
    writeFileSync(join(folder, `note-${Math.floor((now() - realStart) / 600_000)}`), String(now()));
    const shouldBeAway = now() > away.from && now() < away.to;
    if (shouldBeAway !== isAway) {
      renameSync(
        ...((shouldBeAway ? [place.repo, `${place.repo}-away`] : [`${place.repo}-away`, place.repo]) as [
          string,
          string,
        ]),
      );
      isAway = shouldBeAway;
    }
    if (!hasRestarted && now() > end - hours * 3_600_000 * 0.12) {
      scheduler.stop();
      await scheduler.idle();
      scheduler = begin();
      await scheduler.start();
      hasRestarted = true;
    }
    // A timer of the real clock would be a whole night late.
    scheduler.poke('asked');
    await new Promise((resolve) => setTimeout(resolve, Math.max(50, 60_000 / factor)));
  }
  await scheduler.idle();
  await scheduler.tick();
  const lookedAt = now();
  scheduler.stop();
  // Its place is there until it is judged.
  return await judge(place, scheduler, lookedAt);
}

function startScheduler(place: Place, clock: Pick<SchedulerPorts, 'now' | 'monotonic' | 'zone'>): Scheduler {
  const { XDG_STATE_HOME = '' } = place.environment;
  const state = join(XDG_STATE_HOME, 'stillpoint');
  const logs = new RunLogs(join(state, 'runs'));
  const service = localHelper({ registration: 'kept' });
  const unlocking = new Unlocking(service, { passwordFiles: [place.passwordFile], ask: null }, () => undefined);
  const problem = (what: string) => (error: unknown) => console.error(what, error);
  const ports = schedulerPorts({
    service,
    repositories: () => unlocking.list(),
    startBackup: (request) =>
      loggedBackup(
        { ...request, trigger: 'schedule' },
        { service, logs, onEvent: () => undefined, onLogProblem: problem('a log') },
      ),
  });
  return new Scheduler({
    ports: { ...ports, ...clock },
    folder: join(state, 'schedule'),
    runsFolder: join(state, 'runs'),
    by: 'command-line',
    report: (what, error) => problem(what)(error),
  });
}

async function judge(place: Place, scheduler: Scheduler, lookedAt: number): Promise<CaseResult> {
  const { problems, published } = await judgeHistory(place);
  const source = (await localHelper({ registration: 'kept' }).call('sources.list', {}))[0];
  const state = source && scheduler.state(source.id);
  if (!source || !state) throw new Error('there is a source');
  const found = [...problems];
  const slots = slotsBetween(source.policy.schedule, state.since ?? lookedAt, lookedAt, 'UTC');
  const made = state.runs.filter(({ runId }) => published.has(runId));
  let missed = 0;
  for (const [index, slot] of slots.entries()) {
    const next = slots[index + 1] ?? Number.POSITIVE_INFINITY;
    const served = made.filter((run) => run.slot === slot || (run.startedAt >= slot && run.startedAt < next));
    const told = state.missed.filter(({ from, to }) => from <= slot && slot <= to).length;
    missed += told;
    if (served.filter((run) => run.slot === slot).length > 1) found.push(`${slot} was made twice`);
    if (told + (served.length > 0 ? 1 : 0) !== 1)
      found.push(`${slot}: made ${served.length} times, told ${told} times`);
  }
  // The lock of a run whose disk went away in its middle is still there, and turns stale by itself.
  const checked = await restic(place, 'check', '--read-data', '--no-lock');
  if (!checked.text.includes('no errors were found')) found.push(checked.text);
  rmSync(`${place.repo}-away`, { recursive: true, force: true });
  const facts = { slots: slots.length, snapshots: published.size, missed, problems: found.join('; ') };
  return { ok: found.length === 0 && published.size > 0 && missed > 0, facts };
}

async function done(command: ReturnType<Place['run']>): Promise<void> {
  const { code, records } = await command;
  if (code !== 0) throw new Error(JSON.stringify(records.at(-1)));
}
