import { dateFormat, formatTimeMs, hourStyle } from '../../../ui/format/date-time.ts';
import { formatDuration } from '../../../ui/format/duration.ts';
import { endOf, startOf, type Viewport } from './viewport.ts';

const day = 86_400_000;
/** Below this both ends would differ in fractions of a second only: the first and the length say more. */
const withFractions = 10_000;

/** What is on the screen, in words: `14 – 20 November 2026`, `20 Nov, 02:00:03.410 + 20 ms`. */
export function rangeLabel(viewport: Viewport): string {
  const { span } = viewport;
  if (span <= withFractions) {
    const start = startOf(viewport);
    return `${dateFormat({ day: 'numeric', month: 'short' }).format(start)}, ${formatTimeMs(start)} + ${formatDuration(span)}`;
  }
  return dateFormat(optionsFor(span)).formatRange(startOf(viewport), endOf(viewport));
}

function optionsFor(span: number): Intl.DateTimeFormatOptions {
  if (span > 700 * day) return { year: 'numeric', month: 'short' };
  if (span > 60 * day) return { year: 'numeric', month: 'short', day: 'numeric' };
  if (span > 2.5 * day) return { year: 'numeric', month: 'long', day: 'numeric' };
  const dated = { year: 'numeric', month: 'long', day: 'numeric', hour: hourStyle(), minute: '2-digit' } as const;
  if (span > 10 * 60_000) return dated;
  return { ...dated, month: 'short', second: '2-digit' };
}
