import type { RunId, SourceId } from '../../../shared/domain/ids.ts';
import type { RunEvent } from '../../../shared/domain/run.ts';
import type { LineFile } from '../journal/line-file.ts';
import type { Parts } from '../parts.ts';
import type { PausedUntil } from '../pause-file.ts';

export interface MemoryParts extends Parts {
  readonly journals: Map<SourceId, string[]>;
  readonly logs: Map<RunId, RunEvent[]>;
  /** Sources that somebody else has. */
  readonly heldElsewhere: Set<SourceId>;
  /** Thrown by the next write of a journal. */
  failNextAppend: Error | null;
}

/** What the scheduler keeps and holds, in memory; nothing fails but what is told to. */
export function memoryParts(): MemoryParts {
  const journals = new Map<SourceId, string[]>();
  const logs = new Map<RunId, RunEvent[]>();
  const heldElsewhere = new Set<SourceId>();
  let pausedUntil: PausedUntil | null = null;
  const parts: MemoryParts = {
    journals,
    logs,
    heldElsewhere,
    failNextAppend: null,
    journalFile: (id): LineFile => ({
      version: async () => String(journals.get(id)?.length ?? 0),
      read: async () => (journals.get(id) ?? []).map((line) => `${line}\n`).join(''),
      append: async (lines) => {
        const failure = parts.failNextAppend;
        parts.failNextAppend = null;
        if (failure) throw failure;
        journals.set(id, [...(journals.get(id) ?? []), ...lines]);
      },
      replace: async (lines) => void journals.set(id, [...lines]),
    }),
    lease: async (id) => {
      if (heldElsewhere.has(id)) return { kind: 'held', by: 'the command line (process 7)' };
      heldElsewhere.add(id);
      const release = async (): Promise<void> => void heldElsewhere.delete(id);
      return { kind: 'taken', lease: { lost: new AbortController().signal, release } };
    },
    readPause: async () => ({ until: pausedUntil, problem: null }),
    writePause: async (until) => {
      pausedUntil = until;
    },
    readLog: async (runId) => logs.get(runId) ?? [],
    appendLog: async (runId, event) => void logs.set(runId, [...(logs.get(runId) ?? []), event]),
  };
  return parts;
}
