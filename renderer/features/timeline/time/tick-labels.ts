import { dateFormat, formatTime, formatTimeSeconds } from '../../../ui/format/date-time.ts';
import type { Tick, TickStep } from './ticks.ts';

/** The words at a tick: as short as the step allows; a major tick names the unit above. */
export function tickLabel({ time, offset, major }: Tick, { unit, count }: TickStep, origin: number): string {
  switch (unit) {
    case 'fraction':
      return major ? formatTimeSeconds(Math.round(time)) : fraction(origin, offset, count);
    case 'second':
      return major ? formatTime(time) : formatTimeSeconds(time);
    case 'minute':
      return formatTime(time);
    case 'hour':
      return major ? dayName(time) : formatTime(time);
    case 'day':
      if (count === 7) return dateFormat({ day: 'numeric', month: 'short' }).format(time);
      return major ? dateFormat({ day: 'numeric', month: 'long' }).format(time) : dayName(time);
    case 'month':
      return dateFormat(major ? { year: 'numeric' } : { month: 'short' }).format(time);
    case 'year':
      return dateFormat({ year: 'numeric' }).format(time);
  }
}

function dayName(time: number): string {
  const weekday = dateFormat({ weekday: 'short' });
  // English data has `20 Fri` for some regions, which nobody writes.
  if (weekday.resolvedOptions().locale.startsWith('en')) return `${weekday.format(time)} ${new Date(time).getDate()}`;
  return dateFormat({ weekday: 'short', day: 'numeric' }).format(time);
}

/** `.412`, `.41235`: the part of the second, in as many digits as the step tells apart. */
function fraction(origin: number, offset: number, count: number): string {
  const digits = count >= 1 ? 3 : count >= 0.1 ? 4 : 5;
  const intoSecond = ((((origin % 1000) + offset) % 1000) + 1000) % 1000;
  return `.${(intoSecond / 1000).toFixed(digits).slice(2)}`;
}
