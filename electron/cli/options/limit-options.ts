import { type LineLimits, lineLimitsSchema, parseRate } from '../../../shared/domain/line-limits.ts';
import { checked, windowsFrom } from './schedule-options.ts';
import { usage } from './usage.ts';

/** `upload 500KiB/s mon-fri 08:00-18:00`: direction, speed, and hours where it does not hold always; "none" for none. */
export function limitsFrom(texts: readonly string[], option: string): LineLimits {
  if (texts.length === 1 && texts[0] === 'none') return [];
  const limits = texts.map((text) => {
    const [, direction = '', speed = '', when] =
      /^(upload|download)\s+(\S+(?:\s+[kmg]?i?b\/s)?)(?:\s+(.+))?$/i.exec(text.trim()) ?? [];
    if (direction === '')
      throw usage(
        option,
        `"${text}" is no limit.`,
        'Write it like "upload 500KiB/s" or "download 2MiB/s 08:00-18:00".',
      );
    const bytesPerSecond = parseRate(speed);
    if (bytesPerSecond === undefined)
      throw usage(option, `"${speed}" is no speed.`, 'Write it like 500KiB/s or 2MiB/s.');
    const [window] = when === undefined ? [] : windowsFrom([when], option);
    return { direction: direction.toLowerCase(), bytesPerSecond, ...(window === undefined ? {} : { window }) };
  });
  return checked(lineLimitsSchema, limits, option);
}
