import { useEffect, useState } from 'react';
import type { Change } from '../../../shared/domain/snapshot.ts';
import { asStillpointError, type StillpointError } from '../../../shared/errors/index.ts';
import { ask } from '../../state/ask.ts';
import type { SnapshotRef } from '../../state/view.ts';
import { changeSince } from './compare-sides.ts';

const pageSize = 2_000;
/** Beyond this a list helps nobody; the filter of a narrower comparison does. */
const mostChanges = 100_000;

export type OtherSide = { readonly kind: 'snapshot'; readonly snapshot: SnapshotRef } | { readonly kind: 'now' };

export interface Changes {
  readonly changes: readonly Change[];
  /** Null while it is being worked out. */
  readonly total: number | null;
  readonly complete: boolean;
  /** The plan that a comparison with now rests on; its texts can be compared. */
  readonly planId: string | null;
  readonly error: StillpointError | null;
}

const nothing: Changes = { changes: [], total: null, complete: false, planId: null, error: null };

interface Page {
  readonly changes: readonly Change[];
  readonly read: number;
  readonly total: number;
}

/** What differs between a snapshot and another side, page after page. Looks only: nothing is touched on either side. */
export function useChanges(before: SnapshotRef, after: OtherSide | null): Changes & { readonly reload: () => void } {
  const [state, setState] = useState<Changes>(nothing);
  const [round, setRound] = useState(0);
  const key = JSON.stringify([before, after]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for both sides, `round` asks again.
  useEffect(() => {
    setState(nothing);
    if (after === null) return;
    let current = true;
    const load = async (): Promise<void> => {
      const { planId, page } = await pagesOf(before, after);
      const changes: Change[] = [];
      for (let offset = 0; current; ) {
        const found = await page(offset);
        if (!current) return;
        changes.push(...found.changes);
        offset += found.read;
        const ended = found.read === 0 || offset >= found.total;
        setState({ changes: [...changes], total: found.total, complete: ended, planId, error: null });
        if (ended || offset >= mostChanges) return;
      }
    };
    load().catch((thrown: unknown) => {
      if (current) setState({ ...nothing, error: asStillpointError(thrown) });
    });
    return () => {
      current = false;
    };
  }, [key, round]);

  return { ...state, reload: () => setRound((value) => value + 1) };
}

async function pagesOf(
  before: SnapshotRef,
  after: OtherSide,
): Promise<{ readonly planId: string | null; readonly page: (offset: number) => Promise<Page> }> {
  if (after.kind === 'snapshot') {
    const ids = { repositoryId: before.repositoryId, before: before.snapshotId, after: after.snapshot.snapshotId };
    const page = async (offset: number): Promise<Page> => {
      const found = await ask('snapshots.diff', { ...ids, offset, limit: pageSize });
      return { changes: found.changes, read: found.changes.length, total: found.total };
    };
    return { planId: null, page };
  }
  const { planId } = await ask('restore.plan', {
    point: { ...before, instant: null },
    selection: [],
    target: { kind: 'original' },
    mode: 'exact',
  });
  const page = async (offset: number): Promise<Page> => {
    const found = await ask('restore.planEntries', {
      planId,
      actions: ['add', 'replace', 'metadata', 'delete'],
      filter: '',
      offset,
      limit: pageSize,
    });
    const changes = found.entries.map(changeSince).filter((change) => change !== null);
    return { changes, read: found.entries.length, total: found.total };
  };
  return { planId, page };
}
