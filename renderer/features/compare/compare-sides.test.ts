import { describe, expect, it } from 'vitest';
import type { PlanEntry } from '../../../shared/domain/restore.ts';
import type { Change } from '../../../shared/domain/snapshot.ts';
import { changeSince, filterChanges, totalsOf } from './compare-sides.ts';

function planned(action: PlanEntry['action'], then: number | null, now: number | null): PlanEntry {
  return { path: '/a', action, type: 'file', sizeThen: then, sizeNow: now, modifiedThen: null, modifiedNow: null };
}
function change(path: string, kind: Change['change'], before: number | null, after: number | null): Change {
  return { path, change: kind, type: 'file', sizeBefore: before, sizeAfter: after };
}

describe('comparing with now', () => {
  it('reads an exact restore the other way round', () => {
    expect(changeSince(planned('add', 5, null))).toMatchObject({ change: 'removed', sizeBefore: 5, sizeAfter: null });
    expect(changeSince(planned('delete', null, 7))).toMatchObject({ change: 'added', sizeBefore: null, sizeAfter: 7 });
    expect(changeSince(planned('replace', 5, 7))).toMatchObject({ change: 'changed', sizeBefore: 5, sizeAfter: 7 });
    expect(changeSince(planned('metadata', 5, 5))).toMatchObject({ change: 'metadata' });
    expect(changeSince(planned('same', 5, 5))).toBeNull();
  });
});

describe('a list of changes', () => {
  const changes = [
    change('/docs/New.md', 'added', null, 10),
    change('/docs/old.md', 'removed', 30, null),
    change('/docs/plan.md', 'changed', 5, 8),
  ];

  it('counts each kind, and what it grew by', () => {
    expect(totalsOf(changes)).toEqual({ added: 1, removed: 1, changed: 1, metadata: 0, grown: -17 });
  });

  it('is filtered by kind and by any part of the path', () => {
    expect(filterChanges(changes, 'removed', '')).toEqual([changes[1]]);
    expect(filterChanges(changes, 'all', ' NEW')).toEqual([changes[0]]);
    expect(filterChanges(changes, 'changed', 'new')).toEqual([]);
  });
});
