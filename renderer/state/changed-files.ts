import { pathClass } from '../../shared/domain/excludes/path-class.ts';

/** What changed while it was read: what somebody made apart from what programs write by themselves. */
export interface ChangedFiles<T> {
  readonly documents: readonly T[];
  readonly logsAndCaches: readonly T[];
  /** Changed too, and not listed by name. */
  readonly unlisted: number;
}

export function groupChanged<T extends { readonly path?: string | undefined }>(
  listed: readonly T[],
  total: number,
): ChangedFiles<T> {
  const quiet = listed.filter(({ path }) => path !== undefined && pathClass(path) === 'log-or-cache');
  return {
    documents: listed.filter((file) => !quiet.includes(file)),
    logsAndCaches: quiet,
    unlisted: Math.max(0, total - listed.length),
  };
}
