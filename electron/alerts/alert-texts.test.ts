import { describe, expect, it } from 'vitest';
import { type AlertEvent, alertEvents } from '../../shared/domain/alerts.ts';
import { alertAbout, testAlert } from './alert-texts.ts';

const at = Date.UTC(2026, 4, 4, 10, 5, 59);
const facts = { sourceName: 'Photos', hostname: 'laptop', at };

const expected: Readonly<Record<AlertEvent, readonly [string, string]>> = {
  failed: ['Backup failed: Photos on laptop', 'The backup of Photos on laptop failed at 2026-05-04 10:05 UTC.'],
  late: [
    'Backup is late: Photos on laptop',
    'As of 2026-05-04 10:05 UTC, the last good backup of Photos on laptop is too old.',
  ],
  weaker: [
    'Backup is weaker than asked for: Photos on laptop',
    'A backup of Photos on laptop was made at 2026-05-04 10:05 UTC, but it is held less still than its policy asks for.',
  ],
  recovered: [
    'Backups work again: Photos on laptop',
    'At 2026-05-04 10:05 UTC a good backup of Photos on laptop was made again.',
  ],
  succeeded: ['Backup made: Photos on laptop', 'The backup of Photos on laptop was made at 2026-05-04 10:05 UTC.'],
  test: [
    'Test message from laptop',
    'Somebody tried this channel of Stillpoint on laptop at 2026-05-04 10:05 UTC. Failed and late backups are told here from now on.',
  ],
};

describe('what is said', () => {
  it.each(alertEvents)('of %s', (event) => {
    const alert = event === 'test' ? testAlert('laptop', at) : alertAbout({ ...facts, event, detail: '' });
    const [title, text] = expected[event];
    expect(alert).toEqual({ event, sourceName: event === 'test' ? '' : 'Photos', hostname: 'laptop', at, title, text });
  });

  it('is followed by what happened and what to do', () => {
    const { text } = alertAbout({ ...facts, event: 'failed', detail: ' The disk is full.\r\nFree some space.\n' });
    expect(text).toBe(
      'The backup of Photos on laptop failed at 2026-05-04 10:05 UTC.\n\nThe disk is full.\nFree some space.',
    );
  });

  it('is one line in the title, whatever a source is called', () => {
    const { title, sourceName } = alertAbout({
      ...facts,
      event: 'failed',
      sourceName: 'A\r\nBcc: b@example.org',
      detail: '',
    });
    expect(sourceName).toBe('A Bcc: b@example.org');
    expect(title).toBe('Backup failed: A Bcc: b@example.org on laptop');
  });
});
