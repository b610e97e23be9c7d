import { expect, it } from 'vitest';
import type { ConsistencyLevel } from '../../../shared/domain/level.ts';
import type { SnapshotMark } from '../../../shared/ipc/timeline.ts';
import { usualLevel } from './usual-level.ts';

const usual = (...levels: (ConsistencyLevel | null)[]): ConsistencyLevel | null =>
  usualLevel(levels.map((level) => ({ level }) as SnapshotMark));

it('is what most of those before the newest reached', () => {
  expect(usual('filesystem', 'filesystem', 'filesystem', 'torn')).toBe('filesystem');
  expect(usual('filesystem', 'filesystem', 'torn', 'torn', 'filesystem')).toBe('torn');
  expect(usual('filesystem', 'crash', 'crash', 'torn')).toBe('crash');
});

it('is nothing where there are too few, or where nothing is claimed', () => {
  expect(usual('filesystem', 'filesystem', 'torn')).toBeNull();
  expect(usual(null, null, null, 'torn')).toBeNull();
});

it('forgets what was long ago', () => {
  const recent = Array.from({ length: 11 }, () => 'per-file' as const);
  expect(usual('filesystem', 'filesystem', 'filesystem', ...recent)).toBe('per-file');
});
