import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, writeSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { findProgram, runProgram, runProgramOk } from './exec.ts';
import { bootId } from './machine.ts';
import { openPipe } from './pipes.ts';
import { waitReadable } from './poll.ts';
import { isSameProcessAlive, pidfdOpen, pidfdSignal, processInfo } from './process-info.ts';

describe('running programs', () => {
  test('output, exit code, input, and nothing of our environment', async () => {
    process.env.STILLPOINT_TEST_SECRET = 'secret';
    const result = await runProgram('/bin/sh', ['-c', 'cat; env; echo bad >&2; exit 3'], {
      input: 'given\n',
      env: { EXTRA: '1' },
    });
    delete process.env.STILLPOINT_TEST_SECRET;
    expect(result.exitCode).toBe(3);
    expect(result.stderr.toString()).toBe('bad\n');
    const lines = result.stdout.toString().trim().split('\n');
    expect(lines[0]).toBe('given');
    expect(lines).toEqual(expect.arrayContaining(['EXTRA=1', 'LC_ALL=C.UTF-8']));
    expect(lines.join()).not.toContain('secret');
  });

  test('arguments are never a shell’s', async () => {
    const { stdout } = await runProgramOk('/bin/echo', ['$(id)', ';', '`id`']);
    expect(stdout.toString()).toBe('$(id) ; `id`\n');
  });

  test('a failure carries the program’s last words', async () => {
    await expect(runProgramOk('/bin/sh', ['-c', 'echo first >&2; echo last >&2; exit 9'])).rejects.toMatchObject({
      kind: 'io',
      message: '/bin/sh failed: last',
      context: { program: '/bin/sh', exit: 9 },
    });
  });

  test.each([
    ['deadline-exceeded', 'sleep 30', { timeoutMs: 50 }],
    ['io', 'yes', { maxOutputBytes: 10_000 }],
  ])('%s ends it', async (kind, script, options) => {
    await expect(runProgram('/bin/sh', ['-c', `exec ${script}`], options)).rejects.toMatchObject({ kind });
  });

  test('an abort ends it', async () => {
    const abort = new AbortController();
    const running = runProgram('/bin/sleep', ['30'], { signal: abort.signal });
    abort.abort();
    await expect(running).rejects.toMatchObject({ kind: 'cancelled' });
    await expect(runProgram('/bin/true', [], { signal: abort.signal })).rejects.toMatchObject({ kind: 'cancelled' });
  });

  test('programs are named in full, and must be there', async () => {
    await expect(runProgram('echo', [])).rejects.toMatchObject({ kind: 'internal', field: 'program' });
    await expect(runProgram('/nonexistent/program', [])).rejects.toMatchObject({ kind: 'io' });
    expect(findProgram('sh')).toMatch(/^\/(usr\/)?bin\/sh$/);
    expect(findProgram('no-such-program-at-all')).toBeUndefined();
  });
});

describe('processes', () => {
  test('are told apart by their start, and a pidfd tells when one ends', async () => {
    const child = spawn('/bin/sleep', ['60'], { stdio: 'ignore' });
    const pid = child.pid ?? -1;
    const info = processInfo(pid);
    const pidfd = pidfdOpen(pid);
    try {
      expect(info).toMatchObject({ pid, parentPid: process.pid, uid: process.getuid?.() });
      expect(isSameProcessAlive(pid, info?.startTime ?? 0n)).toBe(true);
      expect(isSameProcessAlive(pid, (info?.startTime ?? 0n) + 1n)).toBe(false);
      expect(waitReadable([pidfd], 0)).toEqual([]);
      pidfdSignal(pidfd, 9);
      expect(waitReadable([pidfd], 5000)).toEqual([pidfd]);
      await once(child, 'exit');
      expect(processInfo(pid)).toBeUndefined();
      expect(() => pidfdSignal(pidfd, 9)).toThrow(/ESRCH/);
    } finally {
      closeSync(pidfd);
      child.kill('SIGKILL');
    }
  });

  test('names with parentheses and spaces do not confuse', () => {
    expect(processInfo(process.pid)?.startTime).toBeGreaterThan(0n);
    expect(bootId()).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('waiting for pipes: data, the end, and neither', () => {
    const { readFd, writeFd } = openPipe();
    const other = openPipe();
    expect(waitReadable([readFd, other.readFd], 0)).toEqual([]);
    const before = performance.now();
    expect(waitReadable([readFd], 30)).toEqual([]);
    expect(performance.now() - before).toBeGreaterThanOrEqual(29);
    writeSync(writeFd, 'x');
    expect(waitReadable([readFd, other.readFd], -1)).toEqual([readFd]);
    closeSync(other.writeFd);
    expect(waitReadable([readFd, other.readFd], -1)).toEqual([readFd, other.readFd]);
    for (const fd of [readFd, writeFd, other.readFd]) closeSync(fd);
  });
});
