import type { Change } from '../../../shared/domain/snapshot.ts';
import type { StillpointError } from '../../../shared/errors/index.ts';
import { useAnswer } from '../../state/use-answer.ts';
import type { SnapshotRef } from '../../state/view.ts';
import type { OtherSide } from './use-changes.ts';

export interface Texts {
  /** Null where that side is not text, or was cut short: half a text would show as a difference. */
  readonly before: string | null;
  readonly after: string | null;
  readonly loading: boolean;
  readonly error: StillpointError | null;
}

/** Both texts of a changed file. A side that does not have the file is an empty text. */
export function useTexts(change: Change, before: SnapshotRef, after: OtherSide, planId: string | null): Texts {
  const { path } = change;
  const isText = change.type === 'file' && change.change !== 'metadata';
  const pair = isText && after.kind === 'snapshot' ? after.snapshot : null;
  const hasBefore = change.change !== 'added';
  const hasAfter = change.change !== 'removed';
  const one = useAnswer('snapshots.readText', pair !== null && hasBefore ? { ...before, path } : null);
  const two = useAnswer('snapshots.readText', pair !== null && hasAfter ? { ...pair, path } : null);
  const planned = useAnswer('restore.compareText', isText && planId !== null ? { planId, path } : null);
  const loading = one.loading || two.loading || planned.loading;
  const error = one.error ?? two.error ?? planned.error;
  if (!isText) return { before: null, after: null, loading: false, error: null };
  if (after.kind === 'now') {
    return {
      before: hasBefore ? (planned.value?.past ?? null) : '',
      after: hasAfter ? (planned.value?.present ?? null) : '',
      loading,
      error,
    };
  }
  const whole = (answer: typeof one): string | null =>
    answer.value === null || answer.value.truncated ? null : answer.value.text;
  return { before: hasBefore ? whole(one) : '', after: hasAfter ? whole(two) : '', loading, error };
}
