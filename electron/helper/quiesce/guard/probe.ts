import { closeSync } from 'node:fs';
import { pidfdOpen } from '../../system/process-info.ts';
import { openVerifiedProgram } from '../../system/spawn-verified.ts';
import { openScratch } from '../../system/tmpfile.ts';
import { startProcess } from './guard-process.ts';
import { command } from './wire.ts';

export interface ProbeReading {
  /** Writes since the last reading. */
  readonly steps: number;
  /** The longest of them, ms. */
  readonly longestMs: number;
}

/** A writer of its own process on a filesystem that is about to be held: what it feels is what a hold costs. */
export interface WriterProbe extends AsyncDisposable {
  readonly pid: number;
  /** What was measured since the last time. Undefined when it does not answer. Not while anything is frozen. */
  read(): ProbeReading | undefined;
}

/** How long a probe that has been let go may take to answer, ms. */
const patienceMs = 2000;

/**
 * Starts a probe that writes 64 bytes, again and again, to a file without a name in `directory`. Throws as open(2) does
 * when nothing may be written there. Nothing is left of it when it is disposed of, or when this process ends.
 */
export async function startProbe(guardBinary: string, directory: string): Promise<WriterProbe> {
  const opened: number[] = [];
  const own = (fd: number): number => {
    opened.push(fd);
    return fd;
  };
  try {
    const shared = [own(openScratch(directory)), own(pidfdOpen(process.pid))];
    const started = startProcess(
      own(openVerifiedProgram(guardBinary)),
      ['probe', 'lease-ms=1', 'mount-fd=3', 'helper-fd=4'],
      shared,
    );
    const probe = await started.ready(5000).catch((error: unknown) => {
      started.abandon();
      throw error;
    });
    return {
      pid: probe.pid,
      read: () => {
        const answer = probe.tell(command.ping) ? probe.hear(patienceMs) : 'gone';
        if (typeof answer !== 'object' || answer.kind !== 'probed') return undefined;
        return { steps: answer.detail, longestMs: Number(answer.before.monotonicNs) / 1e6 };
      },
      [Symbol.asyncDispose]: async () => {
        probe.letGo();
        await probe.ended(patienceMs);
      },
    };
  } finally {
    for (const fd of opened) closeSync(fd);
  }
}
