import type { Alert, AlertEvent } from '../../shared/domain/alerts.ts';
import { oneLine, plainText } from './safe-text.ts';

export interface AlertFacts {
  readonly event: Exclude<AlertEvent, 'test'>;
  readonly sourceName: string;
  readonly hostname: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** What happened and what to do, in sentences; may be empty. No file names of the source. */
  readonly detail: string;
}

interface Words {
  readonly title: (name: string, host: string) => string;
  readonly text: (name: string, host: string, at: string) => string;
}

const words: Readonly<Record<AlertFacts['event'], Words>> = {
  failed: {
    title: (name, host) => `Backup failed: ${name} on ${host}`,
    text: (name, host, at) => `The backup of ${name} on ${host} failed at ${at}.`,
  },
  late: {
    title: (name, host) => `Backup is late: ${name} on ${host}`,
    text: (name, host, at) => `As of ${at}, the last good backup of ${name} on ${host} is too old.`,
  },
  weaker: {
    title: (name, host) => `Backup is weaker than asked for: ${name} on ${host}`,
    text: (name, host, at) =>
      `A backup of ${name} on ${host} was made at ${at}, but it is held less still than its policy asks for.`,
  },
  recovered: {
    title: (name, host) => `Backups work again: ${name} on ${host}`,
    text: (name, host, at) => `At ${at} a good backup of ${name} on ${host} was made again.`,
  },
  succeeded: {
    title: (name, host) => `Backup made: ${name} on ${host}`,
    text: (name, host, at) => `The backup of ${name} on ${host} was made at ${at}.`,
  },
};

/** The message about an event. Its time is that of the event: it may be read much later. */
export function alertAbout({ event, sourceName, hostname, at, detail }: AlertFacts): Alert {
  const name = oneLine(sourceName, 100);
  const host = oneLine(hostname, 100);
  const said = plainText(detail, 4000).trim();
  const text = words[event].text(name, host, timeText(at));
  return {
    event,
    sourceName: name,
    hostname: host,
    at,
    title: words[event].title(name, host),
    text: said === '' ? text : `${text}\n\n${said}`,
  };
}

/** For the button that tries a channel. */
export function testAlert(hostname: string, at: number): Alert {
  const host = oneLine(hostname, 100);
  return {
    event: 'test',
    sourceName: '',
    hostname: host,
    at,
    title: `Test message from ${host}`,
    text: `Somebody tried this channel of Stillpoint on ${host} at ${timeText(at)}. Failed and late backups are told here from now on.`,
  };
}

/** `2026-05-04 10:05 UTC`: who reads it may be in another zone. */
function timeText(at: number): string {
  const iso = new Date(at).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}
