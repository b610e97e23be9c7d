import { placesOf, type Source, type SourceSpec } from '../../../shared/domain/source.ts';
import { type Instant, instantToMs, instantToNs, msToInstant, nsToInstant } from '../../../shared/domain/time.ts';
import type { HelperResult } from '../../../shared/helper/contract.ts';
import type { HelperContext } from './context.ts';

/**
 * What changed in a source since an instant: from the record of changes where there is one that reaches back so far without a
 * doubt, else by looking at all of it. A record counts events and not files, so that only a look can count those.
 */
export async function sourceActivity(
  { quiet, sources, own }: Pick<HelperContext, 'quiet' | 'sources' | 'own'>,
  { spec, policy }: Pick<Source, 'spec' | 'policy'>,
  since: Instant,
  signal: AbortSignal,
): Promise<HelperResult<'sources.activity'>> {
  const startedAt = performance.now();
  const known = recordedActivity(quiet, spec, instantToMs(since));
  if (known !== undefined && (known.changes === 0 || policy.schedule.kind === 'quiet')) {
    const newestChangeAt = known.newestMs === null ? null : msToInstant(known.newestMs);
    return { changes: known.changes, newestChangeAt, tookMs: performance.now() - startedAt };
  }
  const found = await sources.activity(spec, { own: own(), signal }, instantToNs(since));
  const newestChangeAt = found.newestNs === null ? null : nsToInstant(found.newestNs);
  return { changes: found.changes, newestChangeAt, tookMs: found.tookMs };
}

/** Of all its places together; undefined where it cannot be told of one of them. */
function recordedActivity(
  { recorder }: Pick<HelperContext['quiet'], 'recorder'>,
  spec: SourceSpec,
  sinceMs: number,
): { readonly changes: number; readonly newestMs: number | null } | undefined {
  const known = placesOf(spec).map((place) => recorder.activitySince(place, sinceMs));
  const told = known.flatMap((each) => each ?? []);
  if (told.length < known.length) return undefined;
  const newest = told.flatMap(({ newestMs }) => newestMs ?? []);
  return {
    changes: told.reduce((sum, { changes }) => sum + changes, 0),
    newestMs: newest.length === 0 ? null : Math.max(...newest),
  };
}
