import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PauseFile } from './pause-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stillpoint-pause-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('tells what was written last, to whoever asks', async () => {
  const file = new PauseFile(join(folder, 'schedule'));
  expect(await file.read()).toEqual({ until: null, problem: null });
  for (const until of ['forever', 12_345, null] as const) {
    await file.write(until);
    expect(await new PauseFile(join(folder, 'schedule')).read()).toEqual({ until, problem: null });
  }
  expect((await stat(join(folder, 'schedule/pause.json'))).mode & 0o777).toBe(0o600);
});

it.each(['', '{"v":1,"until":', '{"v":2,"until":5}', '{"v":1,"until":"tomorrow"}'])(
  'is not paused by a damaged file, and says so: %s',
  async (text) => {
    await writeFile(join(folder, 'pause.json'), text);
    const { until, problem } = await new PauseFile(folder).read();
    expect(until).toBeNull();
    expect(problem).toContain('not paused');
  },
);
