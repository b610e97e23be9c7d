import { join } from 'node:path';
import type { RunId, SourceId } from '../../shared/domain/ids.ts';
import type { RunEvent } from '../../shared/domain/run.ts';
import type { SchedulerOptions } from './contract.ts';
import type { LineFile } from './journal/line-file.ts';
import { lineFile } from './journal/line-file.ts';
import { type LeaseTaken, takeLease } from './lease.ts';
import { ownFolder } from './own-folder.ts';
import { type PausedUntil, PauseFile } from './pause-file.ts';
import { RunLogs } from './run-logs/run-logs.ts';

/** What the scheduler keeps and holds; files and child processes, or a simulation of them. */
export interface Parts {
  journalFile(sourceId: SourceId): LineFile;
  lease(sourceId: SourceId, waitMs: number): Promise<LeaseTaken>;
  readPause(): Promise<{ readonly until: PausedUntil | null; readonly problem: string | null }>;
  writePause(until: PausedUntil | null): Promise<void>;
  readLog(runId: RunId): Promise<RunEvent[]>;
  appendLog(runId: RunId, event: RunEvent): Promise<void>;
}

export function partsOf({ folder, runsFolder, by }: SchedulerOptions): Parts {
  const pause = new PauseFile(folder);
  const logs = new RunLogs(runsFolder);
  return {
    journalFile: (sourceId) => lineFile(join(folder, `${sourceId}.jsonl`)),
    lease: (sourceId, waitMs) => takeLease(folder, sourceId, by, waitMs),
    readPause: () => pause.read(),
    writePause: (until) => pause.write(until),
    readLog: (runId) => logs.read(runId),
    async appendLog(runId, event) {
      await ownFolder(runsFolder);
      await logs.append(runId, event);
    },
  };
}
