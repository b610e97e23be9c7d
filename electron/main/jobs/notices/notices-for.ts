import type { RepositoryId, SourceId } from '../../../../shared/domain/ids.ts';
import { warnDaysAhead } from '../../../../shared/domain/keep/growth.ts';
import type { RunView } from '../../../../shared/ipc/runs.ts';
import type { SourceNote, SourceView } from '../../../../shared/ipc/sources.ts';
import { repositoryWords } from '../source-health.ts';
import type { RepositoryView } from '../views.ts';
import { ago, bytesWords, listOf, sentence } from '../words.ts';
import type { Notice, NoticeAction, NoticeActionId } from './notice.ts';

/** A disk that a finished scheduled run had waited for, or that somebody ejected. */
export interface UnplugFact {
  readonly repositoryId: RepositoryId;
  readonly repositoryName: string;
  /** `finished`: it may be ejected. `safe`: nothing of it is mounted. `busy`: it was not seen to be unmounted. */
  readonly state: 'finished' | 'safe' | 'busy';
  /** Why it did not work; empty otherwise. */
  readonly text: string;
  /** The run that had waited for it; empty where it was ejected without one. */
  readonly runId: string;
}

export interface NoticeFacts {
  readonly sources: readonly SourceView[];
  /** Null: their states could not be found out; nothing is told of them then. */
  readonly repositories: readonly RepositoryView[] | null;
  /** The newest finished backup of each source. */
  readonly latestBackups: readonly RunView[];
  readonly unplug: readonly UnplugFact[];
  readonly pausedUntil: number | 'forever' | null;
  /** Sources that a catch-up may make good again in a moment, after a start or a resume; nothing is told of them yet. */
  readonly mayCatchUp: ReadonlySet<SourceId>;
  /** Runs that went well in this start, told only where that is wanted. */
  readonly successes: readonly RunView[];
  /** Sources whose scheduled backup held nothing still only because that was not allowed. */
  readonly lackingConsent: ReadonlySet<string>;
  /** Why nothing can be backed up at all, in words for people; empty when it can. */
  readonly problem: string;
  readonly now: number;
}

/** Everything there is to tell now. Pure: what was told already, and what was dismissed, is the board's business. */
export function noticesFor(facts: NoticeFacts): Notice[] {
  const told = facts.sources.filter(({ id }) => !facts.mayCatchUp.has(id));
  return [
    ...problemNotices(facts),
    ...lockedNotices(facts),
    ...absentNotices(facts, told),
    ...pausedNotices(facts, told),
    ...told.flatMap((source) => sourceNotices(facts, source)),
    ...(facts.repositories ?? []).flatMap((repository) => fullNotices(facts, repository)),
    ...facts.unplug.map(unplugNotice),
    ...facts.successes.map(successNotice),
  ];
}

/**
 * Whether it cannot be said now what holds of a notice: while a source is being backed up or may catch up in a moment, and
 * while nothing is known of the repositories. What is shown then stays, and nothing new is told.
 */
export function undecided(facts: NoticeFacts): (id: string) => boolean {
  const undecidedSources = facts.sources.filter(({ id, health }) => health === 'running' || facts.mayCatchUp.has(id));
  const sources = new Set<string>(undecidedSources.map(({ id }) => id));
  const repositories = new Set<string>(undecidedSources.map(({ policy }) => policy.repositoryId));
  return (id) => {
    const [kind = '', about = ''] = id.split(':');
    if (kind === 'failed' || kind === 'late' || kind === 'weaker' || kind === 'future-snapshot')
      return sources.has(about);
    if (kind === 'full' || kind === 'disk') return facts.repositories === null || repositories.has(about);
    if (kind === 'paused') return sources.size > 0;
    return kind === 'password' && facts.repositories === null;
  };
}

/** Without its helper the app does nothing, and no source says so. */
function problemNotices({ problem }: NoticeFacts): Notice[] {
  if (problem === '') return [];
  return [
    {
      id: 'cannot-run',
      kind: 'cannot-run',
      title: 'Nothing can be backed up',
      body: sentence(problem),
      urgency: 'critical',
      actions: [action('show')],
      place: { kind: 'settings' },
      sourceId: null,
      about: problem,
    },
  ];
}

/** A person can help at once, and backups wait for it: told as soon as a run is held back by it. */
function lockedNotices({ repositories, sources, now }: NoticeFacts): Notice[] {
  const locked = repositories?.filter(({ state }) => state === 'password-needed') ?? [];
  return locked.flatMap((repository): Notice[] => {
    // What is said of a run that waits for a password, and for nothing before it.
    const lockedWords = repositoryWords['repository-locked'](repository.name);
    const waiting = inRepository(sources, repository).filter(
      ({ heldBack, lateSince }) => heldBack === lockedWords || lateSince !== null,
    );
    if (waiting.length === 0) return [];
    const late = waiting.filter(isLate);
    return [
      {
        id: `password:${repository.id}`,
        kind: 'waiting-password',
        title: lockedWords,
        body: `${listOf(waiting.map(({ name }) => name))} ${waiting.length === 1 ? 'is' : 'are'} not backed up until it is entered.${lateWords(late, now)}`,
        urgency: late.length > 0 ? 'critical' : 'normal',
        actions: [action('unlock')],
        place: { kind: 'unlock', repositoryId: repository.id },
        sourceId: null,
        about: late.length > 0 ? 'late' : 'locked',
      },
    ];
  });
}

/** A disk that lies in a drawer is nothing to tell of until something is late. */
function absentNotices({ repositories, now }: NoticeFacts, sources: readonly SourceView[]): Notice[] {
  const absent = repositories?.filter(({ state }) => state === 'waiting' || state === 'other') ?? [];
  return absent.flatMap((repository): Notice[] => {
    const late = inRepository(sources, repository).filter(isLate);
    if (late.length === 0) return [];
    const other = repository.state === 'other' ? ' Another repository is in its place.' : '';
    return [
      {
        id: `disk:${repository.id}`,
        kind: 'waiting-disk',
        title: `Waiting for ${repository.name}`,
        body: `Connect it; the backup then begins by itself.${other}${lateWords(late, now)}`,
        urgency: 'critical',
        actions: [action('show')],
        place: { kind: 'repository', repositoryId: repository.id },
        sourceId: null,
        about: late.map(({ id }) => id).join(),
      },
    ];
  });
}

function pausedNotices({ pausedUntil, repositories, now }: NoticeFacts, sources: readonly SourceView[]): Notice[] {
  const late = sources.filter((source) => isLate(source) && isReachable(source, repositories));
  if (pausedUntil === null || late.length === 0) return [];
  return [
    {
      id: 'paused',
      kind: 'paused',
      title: 'Backups are paused',
      body: `Nothing is backed up until they are resumed.${lateWords(late, now)}`,
      urgency: 'critical',
      actions: [action('resume'), action('show')],
      place: { kind: 'settings' },
      sourceId: null,
      about: late.map(({ id }) => id).join(),
    },
  ];
}

function sourceNotices(facts: NoticeFacts, source: SourceView): Notice[] {
  const { repositories, pausedUntil, now } = facts;
  const lastRun = facts.latestBackups.find(({ sourceId }) => sourceId === source.id);
  const place = { kind: 'source', sourceId: source.id } as const;
  const notices: Notice[] = [];
  if (source.health === 'failed' && !isFull(lastRun)) notices.push(failedNotice(source, lastRun));
  if (isLate(source) && pausedUntil === null && isReachable(source, repositories)) {
    notices.push({
      id: `late:${source.id}`,
      kind: 'late',
      title: `${source.name} is late`,
      body: `${lastGoodWords(source, now)}. ${sentence(source.heldBack)}`.trim(),
      urgency: 'critical',
      actions: [action('back-up-now'), action('show')],
      place,
      sourceId: source.id,
      about: String(source.lateSince),
    });
  }
  if (source.health === 'weaker') notices.push(weakerNotice(facts, source));
  return [...notices, ...source.notes.flatMap((note) => (isTold(note) ? [noteNotice(source, note)] : []))];
}

function failedNotice(source: SourceView, lastRun: RunView | undefined): Notice {
  // A repository that is damaged or cannot be written is what is told, whatever the last run failed of.
  const error = lastRun?.error?.message === source.healthText ? lastRun.error : null;
  const isInterrupted = error !== null && lastRun?.outcome === 'interrupted';
  const guidance = error === null || error.guidance === '' ? '' : ` ${error.guidance}`;
  return {
    id: `failed:${source.id}`,
    kind: 'failed',
    title: isInterrupted ? `${source.name}: the backup was interrupted` : `${source.name} was not backed up`,
    body: error === null ? sentence(source.healthText) : `${sentence(error.message)}${guidance}`,
    urgency: 'critical',
    actions: [action('show'), action('back-up-now')],
    place: error === null || !lastRun ? { kind: 'source', sourceId: source.id } : { kind: 'run', runId: lastRun.runId },
    sourceId: source.id,
    // The next run fails for the same reason; that is not told again.
    about: error === null ? source.healthText : `${error.kind}: ${error.message}`,
  };
}

function weakerNotice({ lackingConsent }: NoticeFacts, source: SourceView): Notice {
  const isNotAllowed = lackingConsent.has(source.id);
  return {
    id: `weaker:${source.id}`,
    kind: 'weaker',
    title: `${source.name}: weaker than ${source.lastGood !== null && source.lastGood.id === source.last?.id ? 'usual' : 'asked for'}`,
    body: sentence(source.healthText),
    urgency: 'normal',
    actions: isNotAllowed ? [action('allow-still-points'), action('show')] : [action('show')],
    place: { kind: 'source', sourceId: source.id },
    sourceId: source.id,
    about: `${source.last?.level ?? 'none'} for ${source.policy.requiredLevel}${isNotAllowed ? ', not allowed' : ''}`,
  };
}

type ToldNote = SourceNote & { readonly kind: keyof typeof noteTitles };

/** What is only a question waits in the window; that a backup became weaker for it is told by itself. */
function isTold(note: SourceNote): note is ToldNote {
  return note.kind in noteTitles;
}

function noteNotice({ id, name }: SourceView, { kind, text }: ToldNote): Notice {
  return {
    id: `${kind}:${id}`,
    kind,
    title: `${name}: ${noteTitles[kind]}`,
    body: text,
    urgency: 'normal',
    actions: [action('show')],
    place: { kind: 'source', sourceId: id },
    sourceId: id,
    // The next backup counts one more; that is not told again.
    about: kind === 'not-deleted' ? kind : text,
  };
}

const noteTitles = {
  'future-snapshot': 'a snapshot from a wrong clock',
  'not-deleted': 'old snapshots stay',
} as const satisfies Partial<Record<SourceNote['kind'], string>>;

function fullNotices({ sources, latestBackups, now }: NoticeFacts, repository: RepositoryView): Notice[] {
  const place = { kind: 'repository', repositoryId: repository.id } as const;
  const own = inRepository(sources, repository);
  const stopped = own.filter(({ id, health }) => {
    const lastRun = latestBackups.find(({ sourceId }) => sourceId === id);
    return health !== 'running' && lastRun?.repositoryId === repository.id && isFull(lastRun);
  });
  const full = {
    id: `full:${repository.id}`,
    actions: [action('free-space')],
    place,
    sourceId: null,
  };
  if (stopped.length > 0) {
    return [
      {
        ...full,
        kind: 'full',
        title: `${repository.name} is full`,
        body: `${listOf(stopped.map(({ name }) => name))} could not be backed up. Nothing was deleted; see what frees how much.`,
        urgency: 'critical',
        about: stopped.map(({ id }) => id).join(),
      },
    ];
  }
  const daysLeft = repository.fullAt === null ? Number.POSITIVE_INFINITY : (repository.fullAt - now) / 86_400_000;
  if (daysLeft > warnDaysAhead || repository.freeBytes === null || repository.growthPerDay === null) return [];
  const days = Math.max(1, Math.floor(daysLeft));
  return [
    {
      ...full,
      kind: 'full-soon',
      title: `${repository.name} will be full in about ${days === 1 ? 'a day' : `${days} days`}`,
      body: `It grows by ${bytesWords(repository.growthPerDay)} a day, and ${bytesWords(repository.freeBytes)} are free. Nothing is deleted beyond the keep rules.`,
      urgency: 'normal',
      // Told again in its last week.
      about: days <= 7 ? 'full-within-a-week' : 'full-soon',
    },
  ];
}

function unplugNotice({ repositoryId, repositoryName, state, text, runId }: UnplugFact): Notice {
  const place = { kind: 'repository', repositoryId } as const;
  const common = { id: `unplug:${repositoryId}`, place, sourceId: null };
  const about = `${state}:${runId}`;
  if (state === 'safe') {
    return {
      ...common,
      kind: 'safe-to-unplug',
      title: 'Safe to unplug',
      body:
        runId === '' ? `${repositoryName} is unmounted.` : `The backup finished and ${repositoryName} is unmounted.`,
      urgency: 'normal',
      actions: [],
      about,
    };
  }
  return {
    ...common,
    kind: 'eject',
    title: state === 'busy' ? `${repositoryName} was not ejected` : 'Backup finished',
    body: state === 'busy' ? `Do not unplug it yet. ${text}` : `Eject ${repositoryName} before you unplug it.`,
    urgency: 'normal',
    actions: [state === 'busy' ? { id: 'eject', label: 'Try again' } : action('eject')],
    about,
  };
}

function successNotice(run: RunView): Notice {
  return {
    id: `success:${run.sourceId}`,
    kind: 'success',
    title: `${run.title.replace(/^Back up /, '')} was backed up`,
    body: run.summary,
    urgency: 'low',
    actions: [action('show')],
    place: { kind: 'run', runId: run.runId },
    sourceId: run.sourceId,
    about: run.runId,
  };
}

const labels: Readonly<Record<NoticeActionId, string>> = {
  show: 'Show',
  'back-up-now': 'Back up now',
  unlock: 'Unlock',
  'free-space': 'Free space',
  eject: 'Eject',
  resume: 'Resume',
  'allow-still-points': 'Allow…',
};

function action(id: NoticeActionId): NoticeAction {
  return { id, label: labels[id] };
}

function inRepository(sources: readonly SourceView[], { id }: RepositoryView): SourceView[] {
  return sources.filter(({ policy }) => policy.repositoryId === id);
}

function isLate({ lateSince }: SourceView): boolean {
  return lateSince !== null;
}

function isFull(run: RunView | undefined): boolean {
  return run?.outcome === 'failed' && run.error?.kind === 'repository-full';
}

/** Not waiting for a disk or a password, which is told once for all that wait for it. */
function isReachable({ policy }: SourceView, repositories: readonly RepositoryView[] | null): boolean {
  const state = repositories?.find(({ id }) => id === policy.repositoryId)?.state;
  return state !== 'waiting' && state !== 'other' && state !== 'password-needed';
}

function lastGoodWords({ lastGood }: SourceView, now: number): string {
  return lastGood === null ? 'No good backup yet' : `Last good backup ${ago(lastGood.time, now)}`;
}

function lateWords(late: readonly SourceView[], now: number): string {
  return late
    .slice(0, 3)
    .map((source) => ` ${source.name}: ${lastGoodWords(source, now).toLowerCase()}.`)
    .join('');
}
