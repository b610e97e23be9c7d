import { describe, expect, it } from 'vitest';
import { Turns } from '../commands/repositories/turns.ts';
import { openRepository } from '../repository/index.ts';
import { ControlledEnvironment } from '../repository/testing/controlled-environment.ts';
import { fastLocks, memoryRepository, testOptions } from '../repository/testing/memory-repository.ts';
import { file, storeSnapshot } from '../repository/testing/tree-literal.ts';
import { prune } from './prune.ts';
import { reporting, runId, signal } from './testing/kept-world.ts';

const minute = 60_000;
const options = { ...testOptions, lockTiming: { ...fastLocks, retryMs: 2_000 } };

async function stored() {
  const { backend, repository } = await memoryRepository();
  await storeSnapshot(repository, { a: file('a') });
  // No waits but those for others.
  return Object.assign(backend, { seesAtOnce: () => true });
}

describe('a prune that waits for a lock of another machine', () => {
  it('lets runs that become due here go first, each in seconds, and comes to its own between them', async () => {
    const backend = await stored();
    const environment = new ControlledEnvironment('elsewhere');
    const other = await openRepository(backend, { ...options, environment: environment.sibling('elsewhere', 9) });
    const theirs = await other.locks.acquire({ mode: 'shared' });
    const ours = await openRepository(backend, { ...options, environment });
    const turns = new Turns();
    const { report, events } = reporting();
    const job = { runId, dryRun: false, limits: {} };
    let hasPruned = false;
    const pruned = turns
      .take(ours.id, (turn) => prune(ours, job, report, signal, turn))
      .finally(() => {
        hasPruned = true;
      });
    pruned.catch(() => {});
    await environment.pass(minute);
    const seen: string[] = [];
    for (const name of ['one', 'two', 'three']) {
      const backup = turns.take(ours.id, async () => {
        // A backup only shares the repository, so nothing keeps it out.
        await (await ours.locks.acquire({ mode: 'shared' })).release();
        seen.push(name);
      });
      await environment.pass(minute);
      await backup;
      expect(hasPruned).toBe(false);
    }
    expect(seen).toEqual(['one', 'two', 'three']);
    const notes = events.flatMap((event) => (event.type === 'note' ? [event.text] : []));
    expect(notes.filter((text) => text.includes('go first')).length).toBeGreaterThan(1);
    expect(notes.some((text) => text.includes('elsewhere'))).toBe(true);
    // Somebody always wants it; the lock is free for a moment only.
    const { promise: goOn, resolve } = Promise.withResolvers<void>();
    const last = turns.take(ours.id, () => goOn);
    void turns.take(ours.id, async () => void seen.push('behind the prune')).catch(() => {});
    await theirs.release();
    resolve();
    await last;
    for (let passed = 0; passed < 10 && !hasPruned; passed += 1) await environment.pass(minute);
    expect((await pruned).result.outcome).toBe('done');
  });

  it('says so after its patience, and is cancelled when somebody says so', async () => {
    const backend = await stored();
    const environment = new ControlledEnvironment('elsewhere');
    const other = await openRepository(backend, { ...options, environment: environment.sibling('elsewhere', 9) });
    const theirs = await other.locks.acquire({ mode: 'shared' });
    const ours = await openRepository(backend, { ...options, environment });
    const stop = new AbortController();
    const { report } = reporting();
    const turns = new Turns();
    const pruned = turns.take(ours.id, (turn) =>
      prune(ours, { runId, dryRun: true, limits: {} }, report, stop.signal, turn),
    );
    pruned.catch(() => {});
    // A look only shares it.
    expect((await pruned).result.outcome).toBe('done');
    const waits = turns.take(ours.id, (turn) =>
      prune(ours, { runId, dryRun: false, limits: {} }, report, stop.signal, turn),
    );
    waits.catch(() => {});
    await environment.pass(minute);
    stop.abort();
    await environment.pass(minute);
    await expect(waits).rejects.toMatchObject({ kind: 'cancelled' });
    await theirs.release();
  });
});
