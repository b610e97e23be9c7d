import { useEffect, useState } from 'react';
import type { PlanAction, PlanEntry } from '../../../shared/domain/restore.ts';
import { asStillpointError, type StillpointError } from '../../../shared/errors/index.ts';
import { ask } from '../../state/ask.ts';

const pageSize = 2_000;
/** More rows than this help nobody; the filter finds the rest. */
export const mostEntries = 100_000;

export interface PlanEntries {
  readonly entries: readonly PlanEntry[];
  readonly total: number | null;
  /** All entries that match are here: whole folders can be ticked. */
  readonly complete: boolean;
  readonly error: StillpointError | null;
}

const nothing: PlanEntries = { entries: [], total: null, complete: false, error: null };

/** The entries of a plan, page after page, the first page as soon as it is there. */
export function usePlanEntries(planId: string | null, actions: readonly PlanAction[], filter: string): PlanEntries {
  const [state, setState] = useState<PlanEntries>(nothing);
  const wanted = actions.join();

  useEffect(() => {
    setState((before) => ({ ...before, complete: false, error: null }));
    if (planId === null) return setState(nothing);
    let current = true;
    const load = async (): Promise<void> => {
      const entries: PlanEntry[] = [];
      const list = wanted.split(',') as PlanAction[];
      for (;;) {
        const page = { planId, actions: list, filter, offset: entries.length, limit: pageSize };
        const answer = await ask('restore.planEntries', page);
        if (!current) return;
        entries.push(...answer.entries);
        const ended = answer.entries.length === 0 || entries.length >= answer.total;
        const complete = ended && entries.length >= answer.total;
        setState({ entries: [...entries], total: answer.total, complete, error: null });
        if (ended || entries.length >= mostEntries) return;
      }
    };
    load().catch((thrown: unknown) => {
      if (current) setState({ ...nothing, error: asStillpointError(thrown) });
    });
    return () => {
      current = false;
    };
  }, [planId, wanted, filter]);

  return state;
}
