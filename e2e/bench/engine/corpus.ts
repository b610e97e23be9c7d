import { randomFillSync } from 'node:crypto';
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { runProgramOk } from '../../../electron/helper/system/exec.ts';
import { root } from '../../harness/tree.ts';

const mib = 1024 * 1024;

/** Kept between runs: what is made of this machine's own files is the same each time. */
const kept = join(root, 'out/bench/corpus');

/** Five files: a log of JSON lines, a tar of libraries, random bytes, the tar again after an insertion, the log again. */
export async function largeFiles(scale: number): Promise<string> {
  return made(`large-${scale}`, async (folder) => {
    writeLog(join(folder, 'log.json'), 320 * mib * scale);
    const tar = join(folder, 'libraries.tar');
    await runProgramOk('/usr/bin/tar', ['-cf', tar, '--ignore-failed-read', '-C', '/usr', 'lib/x86_64-linux-gnu'], {
      timeoutMs: 300_000,
    });
    cutTo(tar, 480 * mib * scale);
    writeRandom(join(folder, 'random'), 160 * mib * scale);
    writeShifted(tar, join(folder, 'shifted.tar'), 12_345);
    copyFileSync(join(folder, 'log.json'), join(folder, 'log-again.json'));
  });
}

/** /usr/share, headers and what interpreters bring: tens of thousands of small files. */
export async function smallFiles(scale: number): Promise<string> {
  return made(`small-${scale}`, async (folder) => {
    const all = ['/usr/share', '/usr/include', '/usr/lib/python3', '/usr/lib/python3.11', '/usr/lib/node_modules'];
    const some = scale < 1 ? ['/usr/include', '/usr/lib/python3'] : all;
    for (const from of some.filter((path) => existsSync(path))) {
      mkdirSync(join(folder, from, '..'), { recursive: true });
      await runProgramOk('/usr/bin/cp', ['-a', from, join(folder, from)], { timeoutMs: 600_000 });
    }
  });
}

/** Everything of it into memory, so that no contender finds a disk slower than the one before. */
export async function warm(folder: string): Promise<void> {
  await runProgramOk('/bin/sh', ['-c', 'find "$1" -type f -exec cat {} + > /dev/null', 'sh', folder], {
    timeoutMs: 600_000,
  });
}

async function made(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(kept, name);
  if (existsSync(folder)) return folder;
  const fresh = `${folder}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  await make(fresh);
  renameSync(fresh, folder);
  return folder;
}

function writeLog(path: string, bytes: number): void {
  const levels = ['info', 'info', 'info', 'debug', 'warning', 'error'];
  const words = ['session', 'opened', 'closed', 'user', 'request', 'answered', 'after', 'timeout', 'retry', 'queue'];
  let state = 1;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
  const fd = openSync(path, 'wx');
  for (let done = 0; done < bytes; ) {
    const lines: string[] = [];
    for (let line = 0; line < 4000; line += 1) {
      const text = Array.from({ length: 4 + next(6) }, () => words[next(words.length)]).join(' ');
      const id = next(2 ** 24).toString(16);
      lines.push(JSON.stringify({ at: 1_700_000_000 + done + line, level: levels[next(6)], id, ms: next(900), text }));
    }
    done += writeSync(fd, `${lines.join('\n')}\n`);
  }
  closeSync(fd);
}

function writeRandom(path: string, bytes: number): void {
  const fd = openSync(path, 'wx');
  const buffer = Buffer.alloc(mib);
  for (let done = 0; done < bytes; done += buffer.length) writeSync(fd, randomFillSync(buffer));
  closeSync(fd);
}

function cutTo(path: string, bytes: number): void {
  const { size } = statSync(path);
  if (size <= bytes) return;
  const short = `${path}.short`;
  copyRange(path, short, bytes, Buffer.alloc(0));
  renameSync(short, path);
}

function writeShifted(from: string, to: string, by: number): void {
  copyRange(from, to, statSync(from).size, randomFillSync(Buffer.alloc(by)));
}

function copyRange(from: string, to: string, bytes: number, before: Buffer): void {
  const input = openSync(from, 'r');
  const output = openSync(to, 'wx');
  writeSync(output, before);
  const buffer = Buffer.alloc(mib);
  for (let done = 0; done < bytes; ) {
    const count = readSync(input, buffer, 0, Math.min(buffer.length, bytes - done), done);
    if (count === 0) break;
    writeSync(output, buffer, 0, count);
    done += count;
  }
  closeSync(input);
  closeSync(output);
}
