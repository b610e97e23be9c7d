import { describe, expect, it } from 'vitest';
import type { RunId } from '../../../shared/domain/ids.ts';
import type { PlanWarning } from '../../../shared/domain/restore.ts';
import type { SerializedError } from '../../../shared/errors/index.ts';
import { idle, mayGoAhead, type PutBackEvent, type PutBackState, putBackReducer } from './put-back-state.ts';
import { somePlan } from './testing/plans.ts';

const wish = { point: somePlan().request.point, selection: [], name: 'Documents' };
const other = { ...wish, name: 'Photos' };
const runId = 'd'.repeat(32) as RunId;
const error: SerializedError = { kind: 'io', message: 'no', guidance: '', retryable: true, context: {} };

function play(...events: PutBackEvent[]): PutBackState {
  return events.reduce(putBackReducer, idle);
}

describe('putting back with one click', () => {
  it('runs at once when nothing is in the way', () => {
    expect(play({ type: 'wanted', wish }, { type: 'started', runId })).toEqual({ kind: 'running', wish, runId });
  });

  it('asks with the plan, and runs after a yes', () => {
    const asking = play({ type: 'wanted', wish }, { type: 'ask', plan: somePlan() });
    expect(asking).toMatchObject({ kind: 'asking', starting: false });
    expect(putBackReducer(putBackReducer(asking, { type: 'confirming' }), { type: 'started', runId }).kind).toBe(
      'running',
    );
  });

  it('stays at the question when the yes fails, and says why', () => {
    const failed = play(
      { type: 'wanted', wish },
      { type: 'ask', plan: somePlan() },
      { type: 'confirming' },
      { type: 'failed', error },
    );
    expect(failed).toMatchObject({ kind: 'asking', starting: false, error });
  });

  it('shows no question, run or failure for what was closed meanwhile', () => {
    const closed: PutBackEvent[] = [{ type: 'wanted', wish }, { type: 'closed' }];
    expect(play(...closed, { type: 'ask', plan: somePlan() })).toEqual(idle);
    expect(play(...closed, { type: 'failed', error })).toEqual(idle);
  });

  it('does not begin a second time while the first is worked out', () => {
    expect(play({ type: 'wanted', wish }, { type: 'wanted', wish: other })).toEqual({ kind: 'looking', wish });
  });

  it('does not go ahead with what does not fit', () => {
    const warning = (code: PlanWarning['code']): PlanWarning => ({ code, text: '', paths: [], asks: true });
    expect(mayGoAhead(somePlan({ warnings: [warning('open-file')] }))).toBe(true);
    expect(mayGoAhead(somePlan({ warnings: [warning('open-file'), warning('no-space')] }))).toBe(false);
  });
});
