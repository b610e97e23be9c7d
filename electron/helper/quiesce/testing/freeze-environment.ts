import { tmpdir } from 'node:os';
import type { QuiesceEnvironment } from '../environment.ts';
import { guardBinary } from '../guard/testing/guard-binary.ts';

/** Where the methods run in tests: nothing of ours lies on the filesystems that are frozen. */
export function freezeEnvironment(overrides: Partial<QuiesceEnvironment> = {}): QuiesceEnvironment {
  return {
    own: () => ({ paths: [] }),
    programPlaces: [process.execPath, import.meta.filename],
    guardBinary: guardBinary(),
    scratchDirectory: tmpdir(),
    ...overrides,
  };
}
