import type { Blocker, NotRunReason } from './facts.ts';
import type { ActivitySchedule } from './latest.ts';
import type { Schedule, Weekday } from './schedule.ts';
import { weekdays } from './schedule.ts';

/** One English sentence for each: what the command line and the log say. Windows have their own, in the person's language. */
export function scheduleSentence(schedule: Schedule): string {
  switch (schedule.kind) {
    case 'manual':
      return 'Only when somebody asks.';
    case 'hourly': {
      const minute = schedule.minute === 0 ? 'on the hour' : `${plural(schedule.minute, 'minute')} past the hour`;
      if (schedule.everyHours === 1) return `Every hour, ${minute}.`;
      return `Every ${schedule.everyHours} hours from midnight, ${minute}.`;
    }
    case 'daily':
      return `${daysPhrase(schedule.days)} at ${list([...new Set(schedule.at)].sort())}.`;
    case 'quiet':
      return `When nothing was written for ${plural(schedule.quietMinutes, 'minute')}, ${pace(schedule)}.`;
    case 'changes':
      return `After ${plural(schedule.changes, 'change')}, ${pace(schedule)}.`;
  }
}

export function blockerSentence(because: Blocker): string {
  return blockerSentences[because];
}

export function notRunSentence(because: NotRunReason): string {
  return notRunSentences[because];
}

/** For a decision's `aheadOfClock`. */
export const aheadOfClockSentence =
  'The history has entries from a time that has not come yet; they are ignored. Check the clock of this computer.';

const blockerSentences: Readonly<Record<Blocker, string>> = {
  paused: 'Scheduled backups are paused.',
  'sleep-announced': 'The computer is about to sleep.',
  'repository-locked': 'Waiting for the password of the repository.',
  'repository-absent': 'Waiting for the repository: it is not there.',
  'repository-other': 'Waiting for the repository: another one is in its place.',
  'repository-read-only': 'Waiting for the repository: it cannot be written to.',
  'outside-window': 'Waiting for the next allowed time.',
  'on-battery': 'Waiting for mains power.',
  metered: 'Waiting for a network that is not metered.',
  'backing-off': 'Waiting before trying again after a failure.',
};

const notRunSentences: Readonly<Record<NotRunReason, string>> = {
  paused: 'Scheduled backups were paused.',
  'sleep-announced': 'The computer was about to sleep.',
  'repository-locked': 'The password of the repository was missing.',
  'repository-absent': 'The repository was not there.',
  'repository-other': 'Another repository was in its place.',
  'repository-read-only': 'The repository could not be written to.',
  'outside-window': 'It was outside the allowed times.',
  'on-battery': 'The computer ran on battery.',
  metered: 'The network was metered.',
  'backing-off': 'It had failed and was not tried again in time.',
  'not-running': 'The computer was off or asleep, or Stillpoint was not running.',
  failed: 'It was tried and failed.',
  cancelled: 'Somebody cancelled it.',
  'no-changes': 'Nothing had changed since the last snapshot.',
  superseded: 'An earlier run was still under way.',
};

const dayNames: Readonly<Record<Weekday, string>> = {
  mon: 'Monday',
  tue: 'Tuesday',
  wed: 'Wednesday',
  thu: 'Thursday',
  fri: 'Friday',
  sat: 'Saturday',
  sun: 'Sunday',
};

function daysPhrase(days: readonly Weekday[]): string {
  const chosen = weekdays.filter((day) => days.includes(day));
  const key = chosen.join(' ');
  if (chosen.length === 7) return 'Every day';
  if (key === 'mon tue wed thu fri') return 'On weekdays';
  if (key === 'sat sun') return 'On weekends';
  return `Every ${list(chosen.map((day) => dayNames[day]))}`;
}

function pace({ atMostEveryMinutes, atLeastEveryHours, latestAt }: ActivitySchedule): string {
  const latest = latestAt === undefined ? `after ${plural(atLeastEveryHours, 'hour')}` : `at ${latestAt}`;
  return `but not again within ${plural(atMostEveryMinutes, 'minute')}, and at the latest ${latest}`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function list(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
