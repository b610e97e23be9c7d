import { describe, expect, it } from 'vitest';
import { blockers, notRunReasons } from './facts.ts';
import { type Schedule, weekdays } from './schedule.ts';
import { blockerSentence, notRunSentence, scheduleSentence } from './schedule-words.ts';

describe('a schedule in words', () => {
  it.each<[Schedule, string]>([
    [{ kind: 'manual' }, 'Only when somebody asks.'],
    [{ kind: 'hourly', everyHours: 1, minute: 0 }, 'Every hour, on the hour.'],
    [{ kind: 'hourly', everyHours: 1, minute: 1 }, 'Every hour, 1 minute past the hour.'],
    [{ kind: 'hourly', everyHours: 4, minute: 30 }, 'Every 4 hours from midnight, 30 minutes past the hour.'],
    [{ kind: 'daily', at: ['09:00'], days: [...weekdays] }, 'Every day at 09:00.'],
    [
      { kind: 'daily', at: ['18:00', '09:00', '12:30'], days: ['mon', 'tue', 'wed', 'thu', 'fri'] },
      'On weekdays at 09:00, 12:30 and 18:00.',
    ],
    [{ kind: 'daily', at: ['09:00'], days: ['sun', 'sat'] }, 'On weekends at 09:00.'],
    [{ kind: 'daily', at: ['09:00'], days: ['fri', 'mon'] }, 'Every Monday and Friday at 09:00.'],
    [
      { kind: 'quiet', quietMinutes: 1, atMostEveryMinutes: 60, atLeastEveryHours: 24 },
      'When nothing was written for 1 minute, but not again within 60 minutes, and at the latest after 24 hours.',
    ],
    [
      { kind: 'quiet', quietMinutes: 10, atMostEveryMinutes: 60, atLeastEveryHours: 24, latestAt: '03:00' },
      'When nothing was written for 10 minutes, but not again within 60 minutes, and at the latest at 03:00.',
    ],
    [
      { kind: 'changes', changes: 100, atMostEveryMinutes: 15, atLeastEveryHours: 1 },
      'After 100 changes, but not again within 15 minutes, and at the latest after 1 hour.',
    ],
  ])('%j', (schedule, sentence) => {
    expect(scheduleSentence(schedule)).toBe(sentence);
  });

  it('has a sentence of its own for everything that holds back or was lost', () => {
    const sentences = [...blockers.map(blockerSentence), ...notRunReasons.map(notRunSentence)];
    for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z].*\.$/);
    expect(new Set(sentences).size).toBe(sentences.length);
    expect(blockerSentence('repository-locked')).toBe('Waiting for the password of the repository.');
    expect(notRunSentence('not-running')).toBe('The computer was off or asleep, or Stillpoint was not running.');
  });
});
