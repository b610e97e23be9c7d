import { describe, expect, it, vi } from 'vitest';
import type { Session } from '../session.ts';
import { type RestoreOptions, restore } from './restore.ts';

const repository = { id: '2'.repeat(64), name: 'R', state: 'ready', location: { kind: 'local', path: '/r' } };
const snapshot = { id: '5'.repeat(64), time: '2026-01-01T00:00:00Z', paths: ['/srv/db', '/var/log'] };

function scene(asks: readonly boolean[], confirm: Session['confirm']) {
  const said: string[] = [];
  const asked: string[] = [];
  const answers: Readonly<Record<string, unknown>> = {
    'repositories.list': [repository],
    'snapshots.list': { snapshots: [snapshot], total: 1 },
    'restore.plan': {
      planId: 'p',
      targetPath: '/',
      targets: ['/srv/db', '/var/log'],
      counts: { add: 0, replace: 1, metadata: 0, delete: 0, same: 0 },
      bytesToWrite: 1,
      warnings: asks.map((each, index) => ({ code: 'type-change', text: `Warning ${index}.`, paths: [], asks: each })),
    },
    'restore.planEntries': { entries: [], total: 0 },
    'restore.run': { runId: '1'.repeat(32), outcome: 'done', snapshotId: null, summary: 'Done.' },
  };
  const call = async (command: string): Promise<unknown> => {
    asked.push(command);
    return answers[command];
  };
  const session = {
    service: { call },
    output: { result: (_: unknown, text: string) => said.push(text) },
    signal: new AbortController().signal,
    options: {},
    passwords: { passwordFiles: [], ask: null },
    confirm,
  } as unknown as Session;
  const run = (options: Partial<RestoreOptions> = {}) =>
    restore(session, 'latest', [], { inPlace: true, safetySnapshot: true, ...options });
  return { run, said, wasRun: () => asked.includes('restore.run') };
}

describe('a restore whose plan asks', () => {
  it('is refused where nobody is there to answer, with what is asked, and nothing is run', async () => {
    const { run, wasRun } = scene([false, true], null);
    await expect(run()).rejects.toMatchObject({
      kind: 'wrong-usage',
      field: '--yes',
      message: expect.stringMatching(/^(?!.*Warning 0).*Warning 1\./),
    });
    expect(wasRun()).toBe(false);
  });

  it('is cancelled by a no', async () => {
    const { run, wasRun } = scene([true], async () => false);
    await expect(run()).rejects.toMatchObject({ kind: 'cancelled' });
    expect(wasRun()).toBe(false);
  });

  it('is run after a yes', async () => {
    const { run, wasRun } = scene([true], async () => true);
    expect(await run()).toBe(0);
    expect(wasRun()).toBe(true);
  });

  it('is run where that was answered beforehand, without asking', async () => {
    const confirm = vi.fn(async () => false);
    const { run, wasRun } = scene([true], confirm);
    expect(await run({ yes: true })).toBe(0);
    expect(wasRun()).toBe(true);
    expect(confirm).not.toHaveBeenCalled();
  });

  it('is shown dry without asking', async () => {
    const { run, wasRun } = scene([true], null);
    expect(await run({ dryRun: true })).toBe(0);
    expect(wasRun()).toBe(false);
  });
});

it('a restore that asks nothing goes on by itself, and names each place', async () => {
  const { run, said, wasRun } = scene([false], null);
  expect(await run()).toBe(0);
  expect(wasRun()).toBe(true);
  expect(said[0]).toMatch(/^\/srv\/db, \/var\/log: replace 1,/);
});
