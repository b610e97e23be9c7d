export const pauseChoices = ['hour', 'day', 'morning', 'forever'] as const;
export type PauseChoice = (typeof pauseChoices)[number];

const hour = 3_600_000;
const morningHour = 8;

/** When a pause ends. `morning` is the next one on the clock of this machine; after midnight that is today's. */
export function pauseEnd(choice: PauseChoice, now: number): number | 'forever' {
  switch (choice) {
    case 'hour':
      return now + hour;
    case 'day':
      return now + 24 * hour;
    case 'morning': {
      const date = new Date(now);
      const days = date.getHours() < morningHour ? 0 : 1;
      return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days, morningHour).getTime();
    }
    case 'forever':
      return 'forever';
  }
}
