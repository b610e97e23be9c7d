import type { StepKind } from '../plan.ts';
import { openAio } from './aio.ts';
import { openAppend } from './append.ts';
import type { OpenWriter } from './contract.ts';
import { openDirect } from './direct.ts';
import { openHardlink } from './hardlink.ts';
import { openInPlace } from './in-place.ts';
import { openIoUring } from './io-uring.ts';
import { openLoop } from './loop.ts';
import { openMapped } from './mapped.ts';
import { openMappedAtTimes } from './mapped-at-times.ts';
import { openMove } from './move.ts';
import { openRenameOver } from './rename-over.ts';
import { openScattered } from './scattered.ts';
import { openTruncate } from './truncate.ts';
import { openUnlinked } from './unlinked.ts';

export const waysOf: Readonly<Record<StepKind, OpenWriter>> = {
  'in-place': openInPlace({ synced: false }),
  append: openAppend,
  'rename-over': openRenameOver,
  synced: openInPlace({ synced: true }),
  direct: openDirect,
  'io-uring': openIoUring({ direct: false, registered: false }),
  'io-uring-direct': openIoUring({ direct: true, registered: false }),
  'io-uring-registered': openIoUring({ direct: false, registered: true }),
  aio: openAio,
  mapped: openMapped({ synced: false }),
  'mapped-synced': openMapped({ synced: true }),
  'mapped-at-times': openMappedAtTimes,
  hardlink: openHardlink,
  truncate: openTruncate,
  move: openMove,
  unlinked: openUnlinked,
  loop: openLoop,
  scattered: openScattered,
};
