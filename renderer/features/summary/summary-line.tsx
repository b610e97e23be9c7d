import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { SourceView } from '../../../shared/ipc/sources.ts';
import { inSentence, whyLate } from '../../state/late-words.ts';
import { useStore } from '../../state/store.ts';
import { formatBytes } from '../../ui/format/bytes.ts';
import { calendarDaysBetween, dateFormat, formatTime, hourStyle } from '../../ui/format/date-time.ts';
import { useNow } from '../../ui/use-now.ts';
import { type Summary, summarize } from './summarize.ts';
import classes from './summary.module.css';

/** Is everything safe, and what is next: one line. */
export function SummaryLine(): ReactNode {
  const { t } = useTranslation('summary');
  const now = useNow(20_000);
  const sources = useStore((state) => state.sources) ?? [];
  const lanes = useStore((state) => state.lanes) ?? [];
  const repositories = useStore((state) => state.repositories) ?? [];
  const pausedUntil = useStore((state) => state.schedule?.pausedUntil ?? null);
  const summary = summarize(sources, lanes, repositories, now);
  const names = repositories.map(({ name }) => name);
  const [first, ...others] = summary.troubled;
  // That runs are paused is said beside it, with its end.
  const waits = summary.waitsFor.filter((why) => pausedUntil === null || !isHeldBack(why, sources));
  return (
    <p className={classes.line} data-testid="summary">
      <strong>{safeWords(summary, sources, t)}</strong>{' '}
      {first !== undefined && (
        <strong className={classes.trouble} data-health={first.health}>
          {troubleWords(first, summary.interrupted, names, t)}
        </strong>
      )}{' '}
      {others.length > 0 && <span>{t('more', { count: others.length })} </span>}
      {waits.length > 0 && (
        <strong className={classes.trouble} data-health="waiting">
          {waits.map((why) => `${why}. `)}
        </strong>
      )}
      {pausedUntil === null ? (
        summary.next !== null && <span>{t('next', { when: shortMoment(summary.next, now) })} </span>
      ) : (
        <strong>{pausedWords(pausedUntil, now, t)} </strong>
      )}
      {summary.repository !== null &&
        !isToldOf(summary.repository, first === undefined ? waits : [...waits, first.healthText]) && (
          <span>{repositoryWords(summary.repository, t)}</span>
        )}
    </p>
  );
}

type Words = ReturnType<typeof useTranslation<'summary'>>['t'];

/** Whether it is only what holds back a run, of sources that are not marked as waiting. */
function isHeldBack(why: string, sources: readonly SourceView[]): boolean {
  return !sources.some(({ health, healthText }) => health === 'waiting' && healthText.replace(/\.$/, '') === why);
}

/** What is waited for has named a repository that is away or locked. */
function isToldOf({ name, state }: NonNullable<Summary['repository']>, waits: readonly string[]): boolean {
  return (state === 'waiting' || state === 'password-needed') && waits.some((why) => why.endsWith(name));
}

function safeWords({ total, safe }: Summary, sources: readonly SourceView[], t: Words): string {
  if (total === 0) return t('nothing');
  // “All are safe” would say too much while nothing new gets there.
  return safe === total && (total === 1 || !sources.some(({ health }) => health === 'waiting'))
    ? t('allSafe', { count: total })
    : t('someSafe', { safe, total });
}

function troubleWords(
  { name, health, healthText, heldBack }: SourceView,
  interrupted: boolean,
  names: readonly string[],
  t: Words,
): string {
  if (interrupted) return t('interrupted', { name });
  // The sentence around it has a full stop of its own.
  const why = health === 'late' ? whyLate({ heldBack, healthText }) : healthText.replace(/\.$/, '');
  // That there is no snapshot yet needs no reason, and what it waits for says that it waits.
  if (health === 'new' || why === '') return t('troubleBare', { name, health: t(`health.${health as 'late'}`) });
  if (health === 'waiting') return t('waitingFor', { name, why: inSentence(why, names) });
  // What failed is told in words that may begin with any name.
  return t('trouble', {
    name,
    health: t(`health.${health as 'late'}`),
    why: health === 'failed' ? why : inSentence(why, names),
  });
}

function pausedWords(until: number | 'forever', now: number, t: Words): string {
  return until === 'forever' ? t('paused') : t('pausedUntil', { when: shortMoment(until, now) });
}

function repositoryWords(repository: NonNullable<Summary['repository']>, t: Words): string {
  const { name, state, freeBytes } = repository;
  if (state !== 'ready') return t(`repository.${state}`, { name });
  return freeBytes === null
    ? t('repository.readyNoSpace', { name })
    : t('repository.ready', { name, free: formatBytes(freeBytes) });
}

function shortMoment(time: number, now: number): string {
  const days = calendarDaysBetween(now, time);
  if (days === 0) return formatTime(time);
  return dateFormat({ weekday: 'short', hour: hourStyle(), minute: '2-digit' }).format(time);
}
