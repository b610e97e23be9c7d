import { closeSync, openSync, writeSync } from 'node:fs';
import { findProgram, runProgramOk } from '../../../electron/helper/system/exec.ts';
import type { LoggedWrite, WriteLog } from './write-log.ts';

/** What a cut leaves of the writes since the last flush: see README.md. */
export const remainders = ['instant', 'lost', 'torn'] as const;
export type Remainder = (typeof remainders)[number];

export interface Cut {
  /** How many entries of the log were there. */
  readonly position: number;
  readonly remainder: Remainder;
  /** From 0 to below 1, anew with each call. */
  readonly random: () => number;
}

export interface CutFacts {
  /** Writes since the last flush, and how many of them are there, in whole or in part. */
  readonly unflushed: number;
  readonly kept: number;
}

const sector = 512;

/** How many writes a cut there would find that no flush has followed. */
export function unflushedAt({ entries }: WriteLog, position: number): number {
  let count = 0;
  for (let at = position - 1; at >= 0 && entries[at]?.kind !== 'flush'; at -= 1) count += 1;
  return count;
}

/** Makes `target` the disk after the cut. */
export async function makeCut(base: string, log: WriteLog, cut: Cut, target: string): Promise<CutFacts> {
  await runProgramOk(findProgram('cp') ?? 'cp', ['--sparse=always', '--reflink=auto', base, target]);
  const there = log.entries.slice(0, cut.position);
  const lastFlush = there.findLastIndex(({ kind }) => kind === 'flush');
  const fd = openSync(target, 'r+');
  try {
    for (const entry of there.slice(0, lastFlush + 1)) if (entry.kind === 'write') put(fd, log, entry);
    const open = there.slice(lastFlush + 1).filter(({ kind }) => kind === 'write');
    const kept = cut.remainder === 'instant' ? open : someOf(open, cut);
    for (const entry of kept) put(fd, log, entry, cut.remainder === 'torn' && !entry.forced ? cut.random : undefined);
    return { unflushed: open.length, kept: kept.length };
  } finally {
    closeSync(fd);
  }
}

/** Each by the toss of a coin that is as unfair as it happens to be; those kept in any order. */
function someOf(open: readonly LoggedWrite[], { random }: Cut): LoggedWrite[] {
  const share = random();
  const kept = open.filter(({ forced }) => forced || random() < share);
  for (let last = kept.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [kept[last], kept[other]] = [kept[other] as LoggedWrite, kept[last] as LoggedWrite];
  }
  return kept;
}

/** All of it, or each sector as the coin falls. */
function put(fd: number, log: WriteLog, entry: LoggedWrite, coin?: () => number): void {
  const bytes = log.read(entry);
  if (coin === undefined || coin() < 0.5) {
    writeSync(fd, bytes, 0, bytes.length, entry.offset);
    return;
  }
  for (let at = 0; at < bytes.length; at += sector)
    if (coin() < 0.5) writeSync(fd, bytes, at, Math.min(sector, bytes.length - at), entry.offset + at);
}
