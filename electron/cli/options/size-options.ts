import type { UnusedLimit } from '../../../shared/domain/prune.ts';
import { usage } from './usage.ts';

const units: Readonly<Record<string, number>> = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };

/** `500M`, `1.5G`, `2048`: bytes, as restic writes sizes. */
export function parseSize(option: string, text: string): number {
  const [, number = '', unit = ''] = /^(\d{1,15}(?:\.\d{1,6})?)\s*(?:([kmgt])(?:i?b)?|b)?$/i.exec(text.trim()) ?? [];
  const bytes = Math.round(Number(number) * (units[unit.toLowerCase()] ?? Number.NaN));
  if (number !== '' && Number.isSafeInteger(bytes)) return bytes;
  throw usage(option, `"${text}" is not a size.`, 'Write a number with k, M, G or T behind it, like 500M.');
}

/** A size, `5%` or `unlimited`. */
export function parseUnusedLimit(option: string, text: string): UnusedLimit {
  const wanted = text.trim();
  if (wanted === 'unlimited') return { kind: 'unlimited' };
  if (!wanted.endsWith('%')) return { kind: 'bytes', bytes: parseSize(option, wanted) };
  const percent = Number(wanted.slice(0, -1));
  if (/^\d{1,2}(\.\d{1,6})?%$/.test(wanted)) return { kind: 'percent', percent };
  throw usage(option, `"${text}" is not a share below 100 %.`, 'Write 5%, a size like 500M, or unlimited.');
}
