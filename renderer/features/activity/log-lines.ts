import type { TFunction } from 'i18next';
import type { RunEvent } from '../../../shared/domain/run.ts';
import { instantToMs } from '../../../shared/domain/time.ts';
import { formatTime, formatTimeMs } from '../../ui/format/date-time.ts';
import { formatDuration } from '../../ui/format/duration.ts';

export interface LogLine {
  readonly key: string;
  readonly time: string;
  readonly text: string;
  readonly tone: 'plain' | 'strong' | 'warn' | 'bad';
}

type Words = TFunction<['activity', 'phases']>;

/** The events of a run as lines. Progress and starts of phases are left out: their ends say as much. */
export function logLines(events: readonly RunEvent[], t: Words): LogLine[] {
  return events.flatMap((event, at): LogLine[] => {
    const line = lineOf(event, t);
    return line === null ? [] : [{ key: `${at}`, time: formatTimeMs(instantToMs(event.at)), ...line }];
  });
}

function lineOf(event: RunEvent, t: Words): Omit<LogLine, 'key' | 'time'> | null {
  switch (event.type) {
    case 'run-started':
      return {
        text: t('line.run-started', { title: event.title, asked: formatTime(instantToMs(event.askedAt)) }),
        tone: 'strong',
      };
    case 'phase-finished':
      return {
        text: t('line.phase-finished', {
          phase: t(`phases:${event.phase}`),
          duration: formatDuration(event.durationMs),
        }),
        tone: 'plain',
      };
    case 'held':
      return { text: t('line.held', { duration: formatDuration(event.stallMs) }), tone: 'strong' };
    case 'note':
      return { text: event.text, tone: event.severity === 'warning' ? 'warn' : 'plain' };
    case 'run-finished': {
      const { outcome, summary, error } = event.result;
      return {
        text: t('line.run-finished', { outcome: t(`outcome.${outcome}`), summary: error?.message ?? summary }),
        tone: outcome === 'failed' ? 'bad' : outcome === 'done' ? 'strong' : 'warn',
      };
    }
    case 'phase-started':
    case 'progress':
      return null;
  }
}

/** The same as text, for the clipboard: exact instants, English names, every event. */
export function logText(events: readonly RunEvent[]): string {
  return events.map((event) => `${event.at} ${plainText(event)}`).join('\n');
}

function plainText(event: RunEvent): string {
  switch (event.type) {
    case 'run-started':
      return `${event.title} (${event.kind}, run ${event.runId})`;
    case 'phase-started':
      return `${event.phase} started`;
    case 'phase-finished':
      return `${event.phase} finished after ${event.durationMs} ms`;
    case 'progress':
      return `${event.phase} ${event.progress.files} files, ${event.progress.bytes} bytes`;
    case 'held':
      return `held ${event.frozenAt} to ${event.thawedAt}, ${event.stallMs} ms`;
    case 'note':
      return `${event.severity}: ${event.text}`;
    case 'run-finished':
      return `${event.result.outcome}: ${event.result.error?.message ?? event.result.summary}`;
  }
}
