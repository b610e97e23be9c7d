import type { FilesystemFacts } from '../../sources/index.ts';
import { createBtrfsSnapshot } from '../atomic/index.ts';
import type { AheadStore, QuiesceMethod } from '../contract.ts';
import { createFsfreezeCopy } from '../fsfreeze-copy/index.ts';
import { createJournal, type Journal } from '../journal/index.ts';
import { createLive } from '../live/index.ts';
import { createPrecopyFreeze, type PrecopySteps, precopySteps } from '../precopy-freeze/index.ts';
import { createTrackers } from '../tracking/index.ts';
import { freezeEnvironment } from './freeze-environment.ts';
import { memoryAhead } from './memory-ahead.ts';
import { scratchFolder } from './scratch-folder.ts';

/** A method with everything of its own that it needs, ended with it. */
export interface MethodUnderTest extends AsyncDisposable {
  readonly method: QuiesceMethod<FilesystemFacts>;
  /** A store for one run; undefined where the method stores nothing ahead. */
  newAhead(): AheadStore | undefined;
}

export const methodsUnderTest = {
  'precopy-freeze': () => precopyFreeze(),
  'fsfreeze-copy': () => alone(createFsfreezeCopy(freezeEnvironment())),
  live: () => alone(createLive()),
  'btrfs-snapshot': () => btrfsSnapshot(),
} as const satisfies Record<string, () => MethodUnderTest>;

export type MethodUnderTestName = keyof typeof methodsUnderTest;

/** With some steps taken away or replaced. `journal`: what lends pictures, for changes of its own. */
export function precopyFreeze(
  steps: Partial<PrecopySteps> = {},
  journal: Journal = createJournal({ trackers: createTrackers() }),
): MethodUnderTest {
  return {
    method: createPrecopyFreeze(freezeEnvironment({ journal }), { ...precopySteps, ...steps }),
    newAhead: () => memoryAhead(),
    [Symbol.asyncDispose]: () => journal[Symbol.asyncDispose](),
  };
}

/** Only on btrfs. It finds what it made by the records in a folder of its own. */
function btrfsSnapshot(): MethodUnderTest {
  const records = scratchFolder('records');
  const { method, newAhead } = alone(createBtrfsSnapshot({ recordsFolder: records.path }));
  return { method, newAhead, [Symbol.asyncDispose]: async () => records[Symbol.dispose]() };
}

function alone(method: QuiesceMethod<FilesystemFacts>): MethodUnderTest {
  return { method, newAhead: () => undefined, [Symbol.asyncDispose]: async () => {} };
}
