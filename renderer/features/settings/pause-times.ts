export const pauseChoices = ['hour', 'three-hours', 'tomorrow', 'forever'] as const;
export type PauseChoice = (typeof pauseChoices)[number];

const hour = 3_600_000;
const morningHour = 6;

/** When a pause ends, as the tray's do. Tomorrow begins at six by the clock of this machine; after midnight that is today. */
export function pauseEnd(choice: PauseChoice, now: number): number | 'forever' {
  switch (choice) {
    case 'hour':
      return now + hour;
    case 'three-hours':
      return now + 3 * hour;
    case 'tomorrow': {
      const date = new Date(now);
      const days = date.getHours() < morningHour ? 0 : 1;
      return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days, morningHour).getTime();
    }
    case 'forever':
      return 'forever';
  }
}
