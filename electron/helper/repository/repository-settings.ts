import type { StartCrunching } from './crunch/contract.ts';
import type { Environment } from './environment.ts';
import type { ScryptCost } from './format/key-file.ts';
import type { LockTiming } from './locks/locks.ts';
import type { StartInspecting } from './maintenance/inspecting.ts';
import type { LookAhead } from './maintenance/look-ahead.ts';
import type { WriterProgress } from './writer/repository-writer.ts';

export interface RepositorySettings {
  readonly environment: Environment;
  /** Cost of passwords added later. */
  readonly cost: () => Promise<ScryptCost>;
  readonly lockTiming?: LockTiming | undefined;
  /** Length at which a pack is written, in bytes. */
  readonly packTarget?: number | undefined;
  /** Threads that take files in; without them everything is computed where it is asked for. */
  readonly startCrunching?: StartCrunching | undefined;
  /** Threads that look through packs in a check; likewise. */
  readonly startInspecting?: StartInspecting | undefined;
  /** Of the check of all data for which it was opened. */
  readonly lookAhead?: LookAhead | undefined;
}

export interface WithWriterOptions {
  readonly signal?: AbortSignal | undefined;
  /** After every pack written or verified. */
  readonly onProgress?: ((progress: WriterProgress) => void) | undefined;
}
