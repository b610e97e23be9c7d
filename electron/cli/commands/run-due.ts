import { join } from 'node:path';
import type { RunResult } from '../../../shared/domain/run.ts';
import type { NotRun } from '../../../shared/domain/schedule/facts.ts';
import { canHaveBeen, lateAt } from '../../../shared/domain/schedule/late.ts';
import { blockerSentence, notRunSentence } from '../../../shared/domain/schedule/schedule-words.ts';
import type { Source } from '../../../shared/domain/source.ts';
import type { Look } from '../../schedule/index.ts';
import { type ExitCode, exitCodeOfError, exitCodes } from '../exit-codes.ts';
import type { Record } from '../output/output.ts';
import { formatTime } from '../output/times.ts';
import { placesOf } from '../places.ts';
import { AlertTeller, type Seen } from '../schedule/alert-teller.ts';
import { type ComposedSchedule, composeSchedule } from '../schedule/compose.ts';
import { lastGoodAt } from '../schedule/last-good.ts';
import type { Session } from '../session.ts';

export interface RunDueOptions {
  readonly watch?: boolean;
  readonly alerts?: string;
}

/** Backs up what is due, once or from now on. Nobody is asked anything: what would need an answer is held back, and said. */
export async function runDue(session: Session, options: RunDueOptions): Promise<ExitCode> {
  const alerts =
    options.alerts === undefined
      ? undefined
      : new AlertTeller(options.alerts, join(placesOf().schedule, 'alerts'), session);
  return options.watch === true ? watch(session, alerts) : once(session, alerts);
}

async function once(session: Session, alerts: AlertTeller | undefined): Promise<ExitCode> {
  const composed = composeSchedule(session);
  const looks = await composed.scheduler.tick();
  const codes: ExitCode[] = [];
  const seen: Seen[] = [];
  for (const look of looks) {
    const lateSince = await lateSinceOf(look.source, composed, session);
    session.output.result(recordOf(look, lateSince), [textOf(look), lateText(lateSince)].filter(Boolean).join('\n'));
    codes.push(codeOf(look, lateSince));
    seen.push(seenOf(look, lateSince, composed));
  }
  await alerts?.tell(
    seen,
    looks.map(({ source }) => source.id),
  );
  if (looks.length === 0) {
    session.output.result({ type: 'nothing-due' }, 'No sources are protected: stillpoint sources add PATH');
  }
  if (session.signal.aborted) return exitCodes.cancelled;
  return worst([...codes, composed.problems() > 0 ? exitCodes.failed : exitCodes.done]);
}

/** Until it is interrupted; then what is under way is cancelled and keeps what it stored. */
async function watch(session: Session, alerts: AlertTeller | undefined): Promise<ExitCode> {
  const said = new Map<string, string>();
  const codes: ExitCode[] = [];
  const composed: ComposedSchedule = composeSchedule(session, (look) => {
    if (alerts) void tellOne(look, alerts, composed, session);
    const record = recordOf(look, null);
    const text = textOf(look);
    // What is as it was a minute ago is not said again.
    const isNews = look.kind === 'ran' || lostOf(look).length > 0 || said.get(look.source.id) !== text;
    said.set(look.source.id, text);
    if (isNews) session.output.result(record, text);
    if (look.kind === 'ran') codes.push(codeOf(look, null));
  });
  const { scheduler } = composed;
  if (!session.signal.aborted) {
    const interrupted = new Promise((resolve) => session.signal.addEventListener('abort', resolve, { once: true }));
    await scheduler.start();
    await interrupted;
  }
  scheduler.stop();
  await scheduler.idle();
  return codes.includes(exitCodes.cancelled) ? exitCodes.cancelled : exitCodes.done;
}

async function tellOne(look: Look, alerts: AlertTeller, composed: ComposedSchedule, session: Session): Promise<void> {
  const lateSince = await lateSinceOf(look.source, composed, session);
  const sources = await composed.ports.sources().catch(() => [look.source]);
  await alerts.tell(
    [seenOf(look, lateSince, composed)],
    sources.map(({ id }) => id),
  );
}

function seenOf(look: Look, lateSince: number | null, { scheduler }: ComposedSchedule): Seen {
  const lastOutcome = scheduler.state(look.source.id)?.runs.at(-1)?.outcome ?? null;
  return { look, isLate: lateSince !== null, lastOutcome };
}

async function lateSinceOf(
  source: Source,
  { scheduler, ports }: ComposedSchedule,
  { service }: Session,
): Promise<number | null> {
  const state = scheduler.state(source.id);
  if (!state) return null;
  const now = ports.now();
  const good = await lastGoodAt(source, service, now);
  const recorded =
    state.runs.findLast(({ outcome, startedAt }) => outcome === 'done' && canHaveBeen(startedAt, now))?.startedAt ??
    null;
  const { schedule, conditions, lateAfterHours } = source.policy;
  const at = lateAt({
    ...{ schedule, conditions, lateAfterHours, since: state.since, unchangedAt: state.unchangedAt },
    // Where its repository is away, the history is all that is known.
    lastGoodAt: good ?? recorded,
    now,
  });
  return at !== null && at <= now ? at : null;
}

function codeOf(look: Look, lateSince: number | null): ExitCode {
  switch (look.kind) {
    case 'ran':
      return codeOfRun(look.result, lateSince);
    case 'problem':
      return exitCodeOfError(look.error);
    case 'held-back':
      return exitCodes.warnings;
    case 'idle':
    case 'busy':
      return lateSince === null ? exitCodes.done : exitCodes.warnings;
  }
}

function codeOfRun({ outcome }: RunResult, lateSince: number | null): ExitCode {
  switch (outcome) {
    case 'done':
      return lateSince === null ? exitCodes.done : exitCodes.warnings;
    case 'warnings':
    case 'waiting':
      return exitCodes.warnings;
    case 'cancelled':
      return exitCodes.cancelled;
    case 'failed':
    case 'interrupted':
      return exitCodes.failed;
  }
}

const order: readonly ExitCode[] = [exitCodes.cancelled, exitCodes.failed, exitCodes.usage, exitCodes.warnings];

function worst(codes: readonly ExitCode[]): ExitCode {
  return order.find((code) => codes.includes(code)) ?? exitCodes.done;
}

function lostOf(look: Look): readonly NotRun[] {
  return 'lost' in look ? look.lost : [];
}

function recordOf(look: Look, lateSince: number | null): Record {
  const { source, ...rest } = look;
  const words = look.kind === 'held-back' ? { text: blockerSentence(look.because) } : {};
  const problem = look.kind === 'problem' ? { error: { kind: look.error.kind, message: look.error.message } } : {};
  return {
    type: 'look',
    ...{ sourceId: source.id, sourceName: source.name, ...rest, ...words, ...problem },
    late: lateSince !== null,
    ...(lateSince === null ? {} : { lateSince }),
  };
}

function textOf(look: Look): string {
  return [
    ...lostOf(look).map((lost) => `${look.source.name}: ${lostText(lost)}`),
    `${look.source.name}: ${said(look)}`,
  ].join('\n');
}

function said(look: Look): string {
  switch (look.kind) {
    case 'ran':
      return look.result.summary;
    case 'idle':
      return look.nextAt === null
        ? 'backed up only when somebody asks.'
        : `nothing due. Next ${formatTime(look.nextAt)}.`;
    case 'held-back': {
      const again = look.retryAt === null ? '' : ` Tried again ${formatTime(look.retryAt)}.`;
      return `held back. ${blockerSentence(look.because)}${again}`;
    }
    case 'busy':
      return `being backed up by ${look.by}.`;
    case 'problem':
      return `${look.error.message}${look.error.guidance === '' ? '' : ` ${look.error.guidance}`}`;
  }
}

function lateText(lateSince: number | null): string {
  return lateSince === null ? '' : `  Late since ${formatTime(lateSince)}: the last good snapshot is too old.`;
}

/** One run or several that were planned and not made. */
export function lostText({ from, to, slots, because }: NotRun): string {
  const span = slots === 1 ? formatTime(from) : `${formatTime(from)} to ${formatTime(to)}`;
  return `${slots} planned ${slots === 1 ? 'run was' : 'runs were'} not made (${span}). ${notRunSentence(because)}`;
}
