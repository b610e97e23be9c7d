import type { ConsistencyLevel } from '../../shared/domain/level.ts';
import type { TokenName } from './theme/tokens.ts';

/** What is shown for a snapshot: a level, or that nobody recorded one. */
export type ShownLevel = ConsistencyLevel | 'unknown';

export type LevelShape = 'diamond' | 'disc' | 'square' | 'ring' | 'half-square' | 'triangle' | 'dashed-ring';

/** Shape and colour of each level, the same in lists and on the timeline; no two share a shape. */
export const levelLooks: Readonly<Record<ShownLevel, { readonly shape: LevelShape; readonly token: TokenName }>> = {
  application: { shape: 'diamond', token: 'app' },
  filesystem: { shape: 'disc', token: 'fs' },
  crash: { shape: 'square', token: 'crash' },
  'observed-static': { shape: 'ring', token: 'obs' },
  'per-file': { shape: 'half-square', token: 'mixed' },
  torn: { shape: 'triangle', token: 'torn' },
  unknown: { shape: 'dashed-ring', token: 'unknown' },
};

export function shownLevel(level: ConsistencyLevel | null): ShownLevel {
  return level ?? 'unknown';
}
