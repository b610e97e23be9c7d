import { constants } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { SourceId } from '../../shared/domain/ids.ts';
import { StillpointError } from '../../shared/errors/index.ts';
import type { Runner } from './contract.ts';
import { notWritten } from './durable.ts';
import { type Held, heldByChild } from './held-by-child.ts';
import { openOwnFile, ownFolder } from './own-folder.ts';

const conflictCode = 75;
const patienceMs = 10_000;
const lookAgainMs = 100;

const holderSchema = z.object({ by: z.enum(['app', 'command-line']), pid: z.number().int() });

export type LeaseTaken =
  | { readonly kind: 'taken'; readonly lease: Held }
  /** Somebody else has it; `by` says who for people, as far as it is known. */
  | { readonly kind: 'held'; readonly by: string };

/**
 * At most one process at a time runs a source: whoever decides takes this first and keeps it until the end of the run is
 * in the journal. It is the kernel's lock of an open file (flock(2)), kept by a child process: it is free the moment its
 * holder is gone, killed or not, and needs no clock and nobody who tidies up. Throws `io` where it cannot be taken at all.
 */
export async function takeLease(folder: string, sourceId: SourceId, by: Runner, waitMs = 0): Promise<LeaseTaken> {
  const path = join(folder, `${sourceId}.lease`);
  await ownFolder(folder);
  await makeFile(path);
  for (let waitedMs = 0; ; waitedMs += lookAgainMs) {
    const lease = await heldByChild({
      program: 'flock',
      args: ['--nonblock', '--no-fork', '--conflict-exit-code', String(conflictCode), path, '/bin/cat'],
      conflictCode,
      patienceMs,
    });
    if (lease) {
      await noteHolder(path, by);
      return { kind: 'taken', lease };
    }
    if (waitedMs >= waitMs) return { kind: 'held', by: await holderOf(path) };
    await new Promise((resolve) => setTimeout(resolve, lookAgainMs));
  }
}

export function leaseHeld(sourceName: string, by: string): StillpointError {
  return new StillpointError({
    kind: 'busy',
    message: `${sourceName} is being backed up by ${by} now.`,
    guidance: 'Wait until it has ended. Its result is shown in Activity.',
    retryable: true,
  });
}

/** It stays for ever: a lock on a file whose name is gone would keep nobody out. */
async function makeFile(path: string): Promise<void> {
  try {
    await (await openOwnFile(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT)).close();
  } catch (cause) {
    throw notWritten(path, cause);
  }
}

/** Only so that others can say who it is; a full disk is no reason not to have the lease. */
async function noteHolder(path: string, by: Runner): Promise<void> {
  const file = await openOwnFile(path, constants.O_RDWR).catch(() => undefined);
  await file
    ?.truncate()
    .then(() => file.writeFile(JSON.stringify({ by, pid: process.pid })))
    .catch(() => undefined);
  await file?.close();
}

async function holderOf(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const holder = holderSchema.safeParse(parsed(text)).data;
  if (!holder) return 'another Stillpoint process';
  return `${holder.by === 'app' ? 'the app' : 'the command line'} (process ${holder.pid})`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
