import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  type OrderedWriter,
  startOrderedWriter,
  type WriterPlan,
  type WriterReport,
} from '../../../electron/helper/quiesce/testing/ordered-writer/index.ts';
import {
  type LoopFilesystem,
  type LoopFilesystemOptions,
  openLoopFilesystem,
} from '../../../electron/helper/system/testing/loop-filesystem.ts';
import { lastRecord } from '../../harness/command-line.ts';
import { type HelperSession, openHelperSession, type SessionBackup } from '../../harness/helper-session.ts';
import { newPlace, type Place } from '../../harness/place.ts';

/** A filesystem as a registered source, a repository elsewhere, and one helper that goes on. */
export interface BenchPlace extends AsyncDisposable {
  readonly filesystem: LoopFilesystem;
  readonly mountPoint: string;
  readonly user: Place;
  readonly session: HelperSession;
  readonly sourceId: string;
  /** Rejects, with why, when it was not held still. */
  backup(): Promise<SessionBackup>;
}

export async function openBenchPlace(
  options: LoopFilesystemOptions,
  make: (mountPoint: string) => void,
  settings: readonly string[] = [],
): Promise<BenchPlace> {
  const user = newPlace(undefined, 'as-made');
  const filesystem = await openLoopFilesystem({ watchdogSilenceMs: 60_000, ...options });
  const close = async (): Promise<void> => {
    await filesystem.close();
    user[Symbol.dispose]();
  };
  try {
    make(filesystem.mountPoint);
    const repositoryId = String(lastRecord(await user.run('init'), 'repository').id);
    const added = await user.run('sources', 'add', filesystem.mountPoint, ...settings);
    const sourceId = String(lastRecord(added, 'source').id);
    const password = 'correct horse';
    const session = await openHelperSession({ environment: user.environment, repositoryId, password });
    return {
      filesystem,
      mountPoint: filesystem.mountPoint,
      user,
      session,
      sourceId,
      backup: () => heldStill(session, sourceId),
      async [Symbol.asyncDispose]() {
        await session[Symbol.asyncDispose]();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function heldStill(session: HelperSession, sourceId: string): Promise<SessionBackup> {
  const backup = await session.backup(sourceId);
  const { level, summary, warnings, error } = backup.result;
  if (level === 'filesystem') return backup;
  const notes = backup.events.flatMap((event) => (event.type === 'note' ? [event.text] : []));
  throw new Error(
    `not held still: ${JSON.stringify({ level, summary, error, warnings: warnings.slice(0, 3), notes })}`,
  );
}

/** Work with an ordered writer beside it, in a folder of its own that is gone afterwards. */
export async function underLoad<T>(
  mountPoint: string,
  load: { readonly plan: WriterPlan; readonly stepsPerSecond: number; readonly warmUpSteps?: number },
  work: (writer: OrderedWriter) => Promise<T>,
): Promise<{ readonly value: T; readonly report: WriterReport }> {
  const directory = join(mountPoint, `writer-${randomUUID()}`);
  mkdirSync(directory);
  const { plan, stepsPerSecond } = load;
  try {
    await using writer = await startOrderedWriter({ directory, plan, stepsPerSecond, keepsTimes: true });
    await writer.reached(load.warmUpSteps ?? 200);
    const value = await work(writer);
    await writer.reached(writer.stepsSoFar() + 50);
    return { value, report: await writer.stop() };
  } finally {
    rmSync(directory, { recursive: true, force: true });
    rmSync(`${directory}.outside`, { recursive: true, force: true });
  }
}

/** The longest step that was under way at some time between these, ms since the epoch. */
export function longestBetween({ times = [] }: WriterReport, fromMs: number, toMs: number): number {
  const within = times.filter(([at, ms]) => at + ms >= fromMs && at <= toMs);
  return Math.max(0, ...within.map(([, ms]) => ms));
}
