import { expect, it } from 'vitest';
import { filesystemSpec } from '../../../shared/domain/source.ts';
import { msToInstant } from '../../../shared/domain/time.ts';
import { sourceActivity } from './source-activity.ts';

const start = Date.UTC(2026, 10, 20);
const spec = { kind: 'group', members: [filesystemSpec('/data'), filesystemSpec('/logs')] };

function activity(known: Readonly<Record<string, { changes: number; newestMs: number | null } | undefined>>) {
  const context = {
    own: () => ({ paths: [] }),
    quiet: { recorder: { activitySince: ({ path }: { path: string }) => known[path] } },
    sources: { activity: async () => ({ changes: 7, newestNs: null, tookMs: 900 }) },
  };
  const source = { spec, policy: { schedule: { kind: 'quiet' } } };
  return sourceActivity(context as never, source as never, msToInstant(start), new AbortController().signal);
}

it('of several places is known from the record where it is known of each', async () => {
  const both = { '/data': { changes: 2, newestMs: start + 5 }, '/logs': { changes: 1, newestMs: start + 9 } };
  expect(await activity(both)).toMatchObject({ changes: 3, newestChangeAt: msToInstant(start + 9) });
  const quiet = { changes: 0, newestMs: null };
  expect(await activity({ '/data': quiet, '/logs': quiet })).toMatchObject({ changes: 0, newestChangeAt: null });
  expect(await activity({ '/data': quiet })).toMatchObject({ changes: 7 });
});
