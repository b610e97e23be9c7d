import { expect, it } from 'vitest';
import { filesystemSpec } from '../../../shared/domain/source.ts';
import { msToInstant } from '../../../shared/domain/time.ts';
import { helperContract } from '../../../shared/helper/contract.ts';
import type { HelperContext } from './context.ts';
import { quietHandlers } from './quiet-handlers.ts';
import { sourceActivity } from './source-activity.ts';

const start = Date.UTC(2026, 0, 5, 12);
const hour = 3_600_000;
const stretch = (fromMs: number, toMs: number) => ({ fromMs: start + fromMs, toMs: start + toMs });
const { signal } = new AbortController();

it('tells the windows of the caller’s own sources since an instant, and of those that can be read', async () => {
  const asked: string[] = [];
  const { 'quiet.windows': tell } = quietHandlers({
    caller: { uid: 1000 },
    registry: { sources: (uid: number) => (uid === 1000 ? [{ id: 'home' }, { id: 'broken' }] : [{ id: 'other' }]) },
    quiet: {
      windows: {
        windowsOf: async (id: string) => {
          asked.push(id);
          if (id === 'broken') throw new Error('EIO');
          return [stretch(0, hour), stretch(2 * hour, 4 * hour), stretch(5 * hour, 6 * hour)];
        },
        watchedOf: async (id: string) => {
          if (id === 'broken') throw new Error('EIO');
          return [stretch(0, hour), stretch(2 * hour, 7 * hour)];
        },
      },
    },
  } as unknown as HelperContext);
  const told = await tell({ since: msToInstant(start + 3 * hour) }, {} as never);
  expect(told).toEqual([
    {
      sourceId: 'home',
      windows: [
        { from: msToInstant(start + 2 * hour), to: msToInstant(start + 4 * hour) },
        { from: msToInstant(start + 5 * hour), to: msToInstant(start + 6 * hour) },
      ],
      watched: [{ from: msToInstant(start + 2 * hour), to: msToInstant(start + 7 * hour) }],
    },
    { sourceId: 'broken', windows: [], watched: [] },
  ]);
  expect(asked).toEqual(['home', 'broken']);
  expect(helperContract['quiet.windows'].right).toBe('registered');
});

const newestNs = BigInt(start + 1) * 1_000_000n;

/** What was found, and whether the whole source was looked at for it. */
async function activity(kind: 'quiet' | 'changes', known: { changes: number; newestMs: number | null } | undefined) {
  let isLookedAt = false;
  const context = {
    own: () => ({ paths: [] }),
    quiet: { recorder: { activitySince: (_: unknown, since: number) => (since === start ? known : undefined) } },
    sources: {
      activity: async () => {
        isLookedAt = true;
        return { changes: 7, newestNs, tookMs: 900 };
      },
    },
  };
  const source = { spec: filesystemSpec('/home'), policy: { schedule: { kind } } };
  const found = await sourceActivity(context as never, source as never, msToInstant(start), signal);
  return { ...found, isLookedAt };
}

it.each(['quiet', 'changes'] as const)('knows from the record that nothing changed (%s)', async (kind) => {
  const found = await activity(kind, { changes: 0, newestMs: null });
  expect(found).toMatchObject({ changes: 0, newestChangeAt: null, isLookedAt: false });
  expect(found.tookMs).toBeLessThan(900);
});

it('knows from the record when the last change was, and counts files only by looking', async () => {
  const known = { changes: 40, newestMs: start + 5 };
  expect(await activity('quiet', known)).toMatchObject({
    ...{ changes: 40, newestChangeAt: msToInstant(start + 5), isLookedAt: false },
  });
  expect(await activity('changes', known)).toMatchObject({ changes: 7, tookMs: 900, isLookedAt: true });
});

it('looks where the record says nothing', async () => {
  expect(await activity('quiet', undefined)).toMatchObject({ changes: 7, isLookedAt: true });
});
