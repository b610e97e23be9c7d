import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { processAbilities } from './capabilities.ts';
import { heedsPriorities, priorityOf, type ThreadPriority, threadIds, yieldToOthers } from './io-priority.ts';

const idle = 3 << 13;
const leastBestEffort = (2 << 13) | 7;
const mayRaise = processAbilities().effective.has('sysNice');

function priorities(): Map<number, ThreadPriority> {
  return new Map(threadIds().map((tid) => [tid, priorityOf(tid)]));
}

/** As the kernel lists them, like `0-3`: each answer once. */
function processorsOfThreads(): string[] {
  const lists = threadIds().map((tid) => {
    const status = readFileSync(`/proc/self/task/${tid}/status`, 'latin1');
    return /^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? '';
  });
  return [...new Set(lists)];
}

async function startWorker(): Promise<Worker> {
  const worker = new Worker("require('node:worker_threads').parentPort.on('message', () => {})", { eval: true });
  await new Promise((resolve) => worker.once('online', resolve));
  return worker;
}

describe('yielding to others', () => {
  it('all threads, those of the pool and new ones too, and all are as before afterwards', async () => {
    await Promise.all(Array.from({ length: 8 }, () => readFile('/proc/self/status')));
    const early = await startWorker();
    const before = priorities();
    const yielding = yieldToOthers('idle');
    const late = await startWorker();
    const during = priorities();
    yielding[Symbol.dispose]();
    const after = priorities();
    await Promise.all([early.terminate(), late.terminate()]);
    expect(during.size).toBeGreaterThan(before.size);
    expect(new Set([...during.values()].map(({ io }) => io))).toEqual(new Set([idle]));
    if (mayRaise) expect(Math.min(...[...during.values()].map(({ nice }) => nice))).toBeGreaterThanOrEqual(10);
    for (const [tid, was] of before) if (after.has(tid)) expect(after.get(tid)).toEqual(was);
    const usual = before.get(process.pid);
    for (const [tid, is] of after) if (!before.has(tid)) expect(is).toEqual(usual);
  });

  it.skipIf(availableParallelism() < 2)('and leaves one processor to them when it lasts', async () => {
    const all = processorsOfThreads();
    const early = await startWorker();
    expect(all).toHaveLength(1);
    const yielding = yieldToOthers('idle');
    expect(processorsOfThreads()).toEqual(all);
    await expect.poll(processorsOfThreads).not.toEqual(all);
    const late = await startWorker();
    await expect.poll(processorsOfThreads).toHaveLength(1);
    expect(processorsOfThreads()).not.toEqual(all);
    yielding[Symbol.dispose]();
    expect(processorsOfThreads()).toEqual(all);
    await Promise.all([early.terminate(), late.terminate()]);
    // What is over by then leaves none.
    yieldToOthers('idle')[Symbol.dispose]();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(processorsOfThreads()).toEqual(all);
  });

  it('the last one out restores', () => {
    const before = priorityOf(process.pid);
    const outer = yieldToOthers('idle');
    const inner = yieldToOthers('least-best-effort');
    expect(priorityOf(process.pid).io).toBe(leastBestEffort);
    outer[Symbol.dispose]();
    outer[Symbol.dispose]();
    expect(priorityOf(process.pid).io).toBe(leastBestEffort);
    inner[Symbol.dispose]();
    expect(priorityOf(process.pid)).toEqual(before);
  });

  it('knows no scheduler of what is no disk', () => {
    expect(heedsPriorities('0:1')).toBeNull();
  });
});
