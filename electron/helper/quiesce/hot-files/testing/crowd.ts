import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { blockBytes, fillerOf } from './filler.ts';

export interface CrowdPlan {
  readonly path: string;
  readonly writers: number;
  readonly blocks: number;
  /** Of each writer. */
  readonly writesPerSecond: number;
  readonly way: 'plain' | 'direct';
  /** What nobody wrote to yet holds what `fillFile` put there; else zeros. */
  readonly isFilled?: boolean;
}

export interface CrowdReport {
  readonly writes: number;
  /** Longest single write of anybody, ms. */
  readonly slowestMs: number;
}

export interface Crowd extends AsyncDisposable {
  /** Longest single write of anybody since this was asked last, or since the beginning; ms. */
  slowestMs(): number;
  /** Stops all and tells what they did. */
  stop(): Promise<CrowdReport>;
}

const copyBytes = 128;
/** In the counters, as crowd.py has it. */
const slowestAt = 2048;

/** Several processes that write to one file; see crowd.py. Resolves when all of them have it open. */
export async function startCrowd(plan: CrowdPlan): Promise<Crowd> {
  const program = fileURLToPath(new URL('./crowd.py', import.meta.url));
  const directory = mkdtempSync('/dev/shm/stillpoint-crowd-');
  const counters = join(directory, 'counters');
  writeFileSync(counters, Buffer.alloc(blockBytes));
  const children: ChildProcess[] = [];
  const lines: AsyncIterator<string>[] = [];
  for (let index = 0; index < plan.writers; index += 1) {
    const words = [plan.path, counters, index, plan.writers, plan.blocks, plan.writesPerSecond, plan.way].map(String);
    const child = spawn('/usr/bin/python3', [program, ...words], { stdio: ['pipe', 'pipe', 'inherit'], cwd: '/' });
    children.push(child);
    lines.push(createInterface({ input: child.stdout })[Symbol.asyncIterator]());
  }
  await Promise.all(lines.map((each) => each.next()));
  const close = async (): Promise<void> => {
    for (const child of children.splice(0)) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL')) await ended;
    }
    rmSync(directory, { recursive: true, force: true });
  };
  return {
    slowestMs: () => {
      const bytes = readFileSync(counters);
      const slowest = Array.from({ length: plan.writers }, (_, index) => bytes.readDoubleLE(slowestAt + index * 8));
      const fd = openSync(counters, 'r+');
      writeSync(fd, Buffer.alloc(plan.writers * 8), 0, plan.writers * 8, slowestAt);
      closeSync(fd);
      return Math.max(...slowest) * 1000;
    },
    stop: async () => {
      for (const child of children) child.stdin?.end();
      const said = await Promise.all(lines.map(async (each) => String((await each.next()).value)));
      const reports = said.map((line) => line.split(' ').map(Number));
      return {
        writes: reports.reduce((sum, [writes = Number.NaN]) => sum + writes, 0),
        slowestMs: Math.max(...reports.map(([, slowest = Number.NaN]) => slowest)),
      };
    },
    [Symbol.asyncDispose]: close,
  };
}

/**
 * Judges a copy: for each writer it must hold exactly its first writes, in every one of its blocks; and no write may be
 * there without those of others that were over before it began. Returns what contradicts that, and how many writes it holds.
 */
export function judgeCrowd(
  copy: Buffer,
  { writers, blocks, isFilled = false }: Pick<CrowdPlan, 'writers' | 'blocks' | 'isFilled'>,
): { readonly bad: readonly string[]; readonly held: number } {
  const bad: string[] = [];
  const newest = Array<number>(writers).fill(0);
  const seenByAny = Array<number>(writers).fill(0);
  const found = new Map<number, number>();
  for (let block = 0; block < blocks; block += 1) {
    const bytes = copy.subarray(block * blockBytes, (block + 1) * blockBytes);
    if (bytes.length < blockBytes) bad.push(`block ${block} is not there`);
    if (isFilled && bytes.equals(fillerOf(block))) continue;
    const first = bytes.subarray(0, copyBytes);
    for (let at = copyBytes; at < blockBytes; at += copyBytes)
      if (!bytes.subarray(at, at + copyBytes).equals(first)) {
        bad.push(`block ${block} mixes two writes`);
        break;
      }
    if (first.toString('latin1', 0, 4) !== 'CRWD') {
      if (first.some((byte) => byte !== 0)) bad.push(`block ${block} holds what nobody wrote`);
      continue;
    }
    const writer = first.readUInt32LE(4);
    const number = Number(first.readBigUInt64LE(8));
    if (writer !== block % writers || Number(first.readBigUInt64LE(16)) !== block)
      bad.push(`block ${block} is another`);
    found.set(block, number);
    newest[writer] = Math.max(newest[writer] ?? 0, number);
    for (let other = 0; other < writers; other += 1)
      seenByAny[other] = Math.max(seenByAny[other] ?? 0, Number(first.readBigUInt64LE(24 + other * 8)));
  }
  for (let writer = 0; writer < writers; writer += 1) {
    if ((newest[writer] ?? 0) < (seenByAny[writer] ?? 0))
      bad.push(`writer ${writer} is held at ${newest[writer]}, but somebody wrote after its ${seenByAny[writer]}`);
    const expected = blocksAfter(newest[writer] ?? 0, writer, writers, blocks);
    for (let block = writer; block < blocks; block += writers)
      if ((found.get(block) ?? 0) !== (expected.get(block) ?? 0))
        bad.push(`block ${block} holds write ${found.get(block) ?? 0} instead of ${expected.get(block) ?? 0}`);
  }
  return { bad, held: newest.reduce((sum, each) => sum + each, 0) };
}

/** The last write to each block of one writer, after so many of its writes. As crowd.py has it. */
function blocksAfter(writes: number, index: number, writers: number, blocks: number): Map<number, number> {
  const last = new Map<number, number>();
  const own = Math.floor(blocks / writers);
  let state = index + 1;
  for (let number = 1; number <= writes; number += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    last.set(((state >>> 8) % own) * writers + index, number);
  }
  return last;
}
