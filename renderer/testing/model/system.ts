import type { SourceView } from '../../../shared/ipc/sources.ts';
import { instantOf } from './runs.ts';
import { day, type World } from './world.ts';

/** Everything is on one filesystem, and nobody has tested yet whether it can be held. */
export function systemWorld(world: World): World {
  world.trial = {
    ...world.trial,
    ...{ concerns: true, isNeeded: true, last: null },
    obstacles: [
      'Everything on this computer runs from /, so holding it has to be tried once; the desktop may stutter up to 250 ms.',
    ],
  };
  return asking(
    world,
    'It is on the filesystem your system runs from, and whether that can be held still was not tested yet.',
  );
}

/** It was tested, and then the kernel was changed. */
export function kernelChangedWorld(world: World): World {
  const { trial } = systemWorld(world);
  world.trial = {
    ...trial,
    last: {
      ...{ outcome: 'passed', reason: '', at: instantOf(world.now - 40 * day), kernel: '6.11.5-amd64' },
      ...{ filesystem: 'c0ffee', mountPoint: '/', leaseMs: 250, stallsMs: [12.4, 3.1, 2.8], longestProbeMs: 13.2 },
    },
    obstacles: ['Holding / was tried with the kernel 6.11.5-amd64; with 6.12.9-amd64 it has to be tried again.'],
  };
  return asking(
    world,
    'The kernel was changed, so whether the filesystem your system runs from can be held still has to be tested again.',
  );
}

function asking(world: World, text: string): World {
  world.sources = world.sources.map((source, index): SourceView => {
    return index === 0 ? { ...source, notes: [{ kind: 'trial', text }] } : source;
  });
  return world;
}
