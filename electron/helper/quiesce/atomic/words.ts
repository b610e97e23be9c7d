import { StillpointError } from '../../../../shared/errors/index.ts';

/** The copy was there and did not last: whatever was read of it is void. */
export function didNotLast(message: string, guidance: string): StillpointError {
  return new StillpointError({ kind: 'freeze-ended-early', message, guidance, retryable: true });
}

/** Nothing was made. */
export function notMade(message: string, guidance: string, cause?: unknown): StillpointError {
  return new StillpointError({
    kind: 'freeze-refused',
    message,
    guidance,
    retryable: true,
    ...(cause === undefined ? {} : { cause }),
  });
}

export function textOfError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** `1.5 GiB`; whole below ten. */
export function sizeText(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  const step = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** step;
  return `${value < 10 && step > 0 ? value.toFixed(1) : Math.round(value)} ${units[step]}`;
}
