import type { StepKind } from '../plan.ts';
import { appendStates } from './append.ts';
import { blockStates } from './blocks.ts';
import type { KindStates } from './contract.ts';
import { hardlinkStates } from './hardlink.ts';
import { moveStates } from './move.ts';
import { renameOverStates } from './rename-over.ts';
import { scatteredStates } from './scattered.ts';
import { truncateStates } from './truncate.ts';
import { unlinkedStates } from './unlinked.ts';

/** A freeze lets a call end before it begins; a store into memory is no call. */
const written = blockStates({ mayStopWithin: false });
const stored = blockStates({ mayStopWithin: true });

export const statesOf: Readonly<Record<StepKind, KindStates>> = {
  'in-place': written,
  append: appendStates,
  'rename-over': renameOverStates,
  synced: written,
  direct: written,
  'io-uring': written,
  'io-uring-direct': written,
  'io-uring-registered': written,
  aio: written,
  mapped: stored,
  'mapped-synced': stored,
  'mapped-at-times': stored,
  hardlink: hardlinkStates,
  truncate: truncateStates,
  move: moveStates,
  unlinked: unlinkedStates,
  loop: written,
  scattered: scatteredStates,
};
