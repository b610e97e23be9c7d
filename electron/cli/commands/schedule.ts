import { scheduleSentence } from '../../../shared/domain/schedule/schedule-words.ts';
import type { Source } from '../../../shared/domain/source.ts';
import { damageText, type PausedUntil, PauseFile, type SourceScheduleState } from '../../schedule/index.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { parseDuration } from '../options/durations.ts';
import { formatTime } from '../output/times.ts';
import { placesOf } from '../places.ts';
import { composeSchedule } from '../schedule/compose.ts';
import type { Session } from '../session.ts';
import { lostText } from './run-due.ts';

const shownRuns = 5;
const shownNext = 3;
const shownMissed = 5;

/** What is planned, what was made and what was not. Asks no repository, and needs no password. */
export async function showSchedule(session: Session): Promise<ExitCode> {
  const { scheduler, ports } = composeSchedule(session);
  await scheduler.refresh();
  const pausedUntil = scheduler.pausedUntil();
  const { scheduledStillPoints, canFreeze } = await session.service.call('helper.status', {});
  session.output.result(
    { type: 'schedule', pausedUntil, scheduledStillPoints, canFreeze },
    [pausedText(pausedUntil), stillPointsText(scheduledStillPoints)].filter(Boolean).join('\n'),
  );
  const sources = await ports.sources();
  for (const source of sources) {
    const state = scheduler.state(source.id);
    if (!state) continue;
    const { schedule, conditions, keep } = source.policy;
    const { sourceId, problem: _, ...rest } = state;
    session.output.result(
      { type: 'source-schedule', sourceId, sourceName: source.name, schedule, conditions, keep, ...rest },
      describe(source, state),
    );
  }
  if (sources.length === 0) {
    session.output.result({ type: 'sources', count: 0 }, 'No sources yet: stillpoint sources add PATH');
  }
  return exitCodes.done;
}

export async function pauseSchedule(session: Session, options: { readonly for?: string }): Promise<ExitCode> {
  const until = options.for === undefined ? 'forever' : Date.now() + parseDuration(options.for, '--for');
  return setPause(session, until);
}

export async function resumeSchedule(session: Session): Promise<ExitCode> {
  return setPause(session, null);
}

/** What a scheduled run holds still it holds without a question: that is asked for here, once. */
export async function allowStillPoints(session: Session, allowed: boolean): Promise<ExitCode> {
  await session.service.call(allowed ? 'schedule.allowStillPoints' : 'schedule.forbidStillPoints', {});
  const { scheduledStillPoints, canFreeze, cannotFreezeBecause } = await session.service.call('helper.status', {});
  const limits = scheduledStillPoints && !canFreeze ? `\nIt cannot here: ${cannotFreezeBecause}` : '';
  session.output.result(
    { type: 'schedule', scheduledStillPoints, canFreeze },
    `${stillPointsText(scheduledStillPoints)}${limits}`,
  );
  return exitCodes.done;
}

async function setPause(session: Session, until: PausedUntil | null): Promise<ExitCode> {
  await new PauseFile(placesOf().schedule).write(until);
  session.output.result(
    { type: 'schedule', pausedUntil: until },
    pausedText(until) || 'Scheduled backups are made again.',
  );
  return exitCodes.done;
}

function pausedText(until: PausedUntil | null): string {
  if (until === null) return '';
  return until === 'forever'
    ? 'Scheduled backups are paused until somebody resumes them: stillpoint schedule resume'
    : `Scheduled backups are paused until ${formatTime(until)}.`;
}

function stillPointsText(allowed: boolean): string {
  return allowed
    ? 'Scheduled runs may hold filesystems still.'
    : 'Scheduled runs hold nothing still and copy live: stillpoint schedule allow-still-points lets them.';
}

function describe(source: Source, { planned, runs, missed, heldBackText, damagedLines }: SourceScheduleState): string {
  const next = planned.slice(0, shownNext).map(formatTime).join(', ');
  const made = runs.slice(-shownRuns).map(({ startedAt, outcome, trigger, by, recovered }) => {
    const how =
      outcome === null
        ? 'under way, or its end is not known yet'
        : `${outcome}${recovered ? ' (found out later)' : ''}`;
    const who = trigger === 'person' ? 'asked for' : 'scheduled';
    return `  ${formatTime(startedAt)}  ${how}, ${who}, by ${by === 'app' ? 'the app' : 'the command line'}`;
  });
  const lost = missed.slice(-shownMissed).map((entry) => `  ${lostText(entry)}`);
  const more = missed.length - lost.length;
  return [
    `${source.name}: ${scheduleSentence(source.policy.schedule)}`,
    next === '' ? '' : `  Next: ${next}`,
    heldBackText === '' ? '' : `  ${heldBackText}`,
    damagedLines === 0 ? '' : `  ${damageText(source.name, damagedLines)}`,
    ...made,
    ...lost,
    more > 0 ? `  … and ${more} more before; --json lists them` : '',
  ]
    .filter((line) => line !== '')
    .join('\n');
}
