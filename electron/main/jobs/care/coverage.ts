import type { Care, MadeCheck } from '../../../../shared/domain/care.ts';

/**
 * How much of the data was read and found whole, and since when. A pack stays in its part whatever is added, so parts of
 * one cutting add up; those of another do not, and only the newest cutting counts. A reading of everything counts for each
 * part. What is there now is what the newest reading found: what was added since the older ones is not called verified.
 */
export function coverageOf(checks: readonly MadeCheck[]): Care['verified'] {
  const sound = checks.filter(({ outcome }) => outcome === 'clean' || outcome === 'warnings');
  const newestFirst = [...sound].sort((a, b) => b.at - a.at);
  const readings = newestFirst.filter(({ checked }) => checked !== null && checked.what !== 'structure');
  const newest = readings[0]?.checked;
  if (newest === undefined || newest === null) return null;
  const of = readings.find(({ checked }) => checked?.what === 'share')?.checked?.of ?? 1;
  const whole = readings.find(({ checked }) => checked?.what === 'all');
  const parts = new Map<number, { readonly at: number; readonly bytes: number }>();
  for (const { at, checked } of readings) {
    if (checked?.what !== 'share' || checked.of !== of || checked.part === null) continue;
    if (whole !== undefined && at < whole.at) break;
    if (!parts.has(checked.part)) parts.set(checked.part, { at, bytes: checked.bytes });
  }
  const wholeBytes = whole?.checked?.bytes ?? 0;
  // A part read again since replaces its share of the reading of everything.
  const fromWhole = whole === undefined ? 0 : (wholeBytes * (of - parts.size)) / of;
  const read = [...parts.values()].reduce((sum, { bytes }) => sum + bytes, 0) + fromWhole;
  const times = [...parts.values()].map(({ at }) => at);
  if (whole !== undefined && parts.size < of) times.push(whole.at);
  const all = newest.allBytes ?? newest.bytes;
  if (times.length === 0) return null;
  return { share: all === 0 ? 1 : Math.min(1, read / all), since: Math.min(...times) };
}
