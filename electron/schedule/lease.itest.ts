import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sourceIdSchema } from '../../shared/domain/ids.ts';
import { heldByChild } from './held-by-child.ts';
import { takeLease } from './lease.ts';

const contender = fileURLToPath(new URL('./testing/lease-contender.ts', import.meta.url));
const id = sourceIdSchema.parse('papers');
let folder: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stillpoint-lease-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function start(...args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [contender, folder, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  return child;
}

const ended = (child: ChildProcess): Promise<number | null> => new Promise((resolve) => child.once('exit', resolve));
const said = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => child.stdout?.once('data', (text: Buffer) => resolve(text.toString().trim())));

/** Command lines of processes that name a folder. */
function processesNaming(path: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const text = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return text.includes(path) ? [text] : [];
      } catch {
        return [];
      }
    });
}

async function takenSoon(): Promise<boolean> {
  for (let tries = 0; tries < 500; tries++) {
    const taken = await takeLease(folder, id, 'app');
    if (taken.kind === 'taken') {
      await taken.lease.release();
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return false;
}

describe('the lease of a source', () => {
  it('is held by one, who is named, until it is given back', async () => {
    const first = await takeLease(folder, id, 'app');
    if (first.kind !== 'taken') throw new Error('nobody had it');
    expect(await takeLease(folder, id, 'command-line')).toEqual({
      kind: 'held',
      by: `the app (process ${process.pid})`,
    });
    await first.lease.release();
    const second = await takeLease(folder, id, 'command-line');
    expect(second.kind).toBe('taken');
    if (second.kind === 'taken') await second.lease.release();
  });

  it.each(['SIGKILL', 'SIGTERM'] as const)(
    'is free when its holder is ended by %s, and nothing is left running',
    async (signal) => {
      const holder = start('hold');
      expect(await said(holder)).toBe('taken');
      expect((await takeLease(folder, id, 'app')).kind).toBe('held');
      const gone = ended(holder);
      holder.kill(signal);
      await gone;
      expect(await takenSoon()).toBe(true);
      expect(processesNaming(folder)).toEqual([]);
    },
  );

  it('is never held by two of many who want it, again and again', async () => {
    const rounds = 25;
    const codes = await Promise.all(Array.from({ length: 6 }, () => ended(start(String(rounds)))));
    expect(codes).toEqual(Array.from({ length: 6 }, () => 0));
    expect(existsSync(join(folder, 'double'))).toBe(false);
  });

  it('tells its holder when it is lost', async () => {
    const taken = await takeLease(folder, id, 'app');
    if (taken.kind !== 'taken') throw new Error('nobody had it');
    const lost = new Promise((resolve) => taken.lease.lost.addEventListener('abort', resolve, { once: true }));
    const [pid] = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').trim().split(' ').slice(-1);
    process.kill(Number(pid), 'SIGKILL');
    await lost;
    expect(await takenSoon()).toBe(true);
    await taken.lease.release();
  });

  it('gives nothing of our environment and no other folder to the child', async () => {
    process.env.STILLPOINT_SECRET_FOR_A_TEST = 'secret';
    try {
      const held = await heldByChild({
        ...{ program: 'sh', args: ['-c', 'pwd >"$0/out"; env >>"$0/out"; exec cat', folder] },
        ...{ conflictCode: 75, patienceMs: 5_000 },
      });
      await held?.release();
    } finally {
      delete process.env.STILLPOINT_SECRET_FOR_A_TEST;
    }
    const out = readFileSync(join(folder, 'out'), 'utf8');
    expect(out.split('\n')[0]).toBe('/');
    expect(out).not.toContain('SECRET');
    expect(out).not.toContain('HOME=');
  });

  it.skipIf(process.getuid?.() !== 0)('says in words that a folder cannot be written', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(takeLease(join(folder, 'file'), id, 'app')).rejects.toMatchObject({
      kind: 'io',
      message: expect.stringContaining('file in the place of a folder'),
      guidance: expect.stringContaining('No scheduled backup is begun'),
    });
    chmodSync(folder, 0o755);
    await expect(takeLease('/proc/stillpoint', id, 'app')).rejects.toMatchObject({ kind: 'io' });
  });

  it('says what is missing where the programs are not there', async () => {
    const command = { args: [], conflictCode: 75, patienceMs: 1_000 };
    await expect(heldByChild({ ...command, program: 'no-such-program' })).rejects.toMatchObject({
      kind: 'io',
      guidance: expect.stringContaining('util-linux'),
    });
    await expect(heldByChild({ ...command, program: 'false' })).rejects.toMatchObject({ kind: 'io' });
    await expect(heldByChild({ ...command, program: 'sleep', args: ['60'] })).rejects.toMatchObject({
      message: expect.stringContaining('no answer'),
    });
  });
});
