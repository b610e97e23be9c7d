import { dateFormat } from '../../../ui/format/date-time.ts';
import { endOf, startOf, type Viewport } from './viewport.ts';

const day = 86_400_000;

/** What is on the screen, in words: `14 – 20 November 2026`, `20 November 2026, 02:00:03.410 – 02:00:03.430`. */
export function rangeLabel(viewport: Viewport): string {
  const { span } = viewport;
  return dateFormat(optionsFor(span)).formatRange(startOf(viewport), endOf(viewport));
}

function optionsFor(span: number): Intl.DateTimeFormatOptions {
  if (span > 700 * day) return { year: 'numeric', month: 'short' };
  if (span > 2.5 * day) return { year: 'numeric', month: 'long', day: 'numeric' };
  const dated = { year: 'numeric', month: 'long', day: 'numeric', hour: '2-digit', minute: '2-digit' } as const;
  if (span > 10 * 60_000) return dated;
  if (span > 10_000) return { ...dated, second: '2-digit' };
  return { ...dated, month: 'short', second: '2-digit', fractionalSecondDigits: 3 };
}
