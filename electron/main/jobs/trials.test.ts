import { expect, it, vi } from 'vitest';
import { cancelled } from '../../../shared/errors/index.ts';
import { FakeWorld } from '../testing/fake-world.ts';
import { snapshotPreflight, untriedPreflight } from '../testing/untried-preflight.ts';
import type { HelperCalls } from './ports.ts';
import { SourceDirectory } from './source-directory.ts';
import { Trials } from './trials.ts';

function scene() {
  const world = new FakeWorld();
  world.trial = { ...world.trial, concerns: true, isNeeded: true, obstacles: ['It has to be tried once.'] };
  const may = { freeze: true };
  const changed = vi.fn();
  world.preflight = untriedPreflight;
  const sources = new SourceDirectory(world);
  const trials = new Trials({ access: world, sources, canFreeze: () => may.freeze, changed });
  const asked = () => world.asked.filter((name) => name === 'freeze.trialState').length;
  return { world, may, changed, trials, asked };
}

it('looks at sources in the background, once, and says when that showed something', async () => {
  const { world, changed, trials, asked } = scene();
  expect(trials.of(world.sources).size).toBe(0);
  await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(1));
  expect([...trials.of(world.sources).keys()]).toEqual(world.sources.map(({ id }) => id));
  expect(asked()).toBe(world.sources.length);
  trials.of(world.sources.slice(1));
  await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(2));
  expect(trials.of(world.sources.slice(1)).size).toBe(world.sources.length - 1);
});

it('asks nobody where nothing may be held, and looks again when it may', async () => {
  const { world, may, changed, trials, asked } = scene();
  may.freeze = false;
  trials.of(world.sources);
  await Promise.resolve();
  expect(asked()).toBe(0);
  may.freeze = true;
  trials.of(world.sources);
  await vi.waitFor(() => expect(changed).toHaveBeenCalled());
  may.freeze = false;
  trials.of(world.sources);
  await vi.waitFor(() => expect(trials.of(world.sources).size).toBe(0));
});

it('knows of a trial or a no right away', async () => {
  const { world, changed, trials } = scene();
  const [source] = world.sources;
  if (source === undefined) throw new Error('the world has a source');
  trials.of(world.sources);
  await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(1));
  expect(await trials.skip({ sourceId: source.id })).toMatchObject({ outcome: 'skipped' });
  expect(await trials.tryOut({ spec: source.spec })).toMatchObject({ outcome: 'passed', stallsMs: [4.2, 1.1, 1.3] });
  trials.of(world.sources);
  await vi.waitFor(() => expect(trials.of(world.sources).get(source.id)?.isNeeded).toBe(false));
  expect(await trials.stateOf({ sourceId: source.id })).toMatchObject({ concerns: true, isNeeded: false });
});

it('stops the trial of this target, and no other', async () => {
  const { world, changed } = scene();
  const stopped: string[] = [];
  const access: HelperCalls = {
    call: (_name, params, { signal } = {}) =>
      new Promise((_, reject) => {
        signal?.addEventListener('abort', () => {
          stopped.push(JSON.stringify(params));
          reject(cancelled());
        });
      }),
  };
  const trials = new Trials({ access, sources: new SourceDirectory(world), canFreeze: () => true, changed });
  const [first, second] = world.sources.map(({ id }) => ({ sourceId: id }));
  if (first === undefined || second === undefined) throw new Error('the world has two sources');
  trials.cancel(first);
  const trying = trials.tryOut(first);
  void trials.tryOut(second).catch(() => {});
  trials.cancel({ ...first });
  await expect(trying).rejects.toMatchObject({ kind: 'cancelled' });
  expect(stopped).toEqual([JSON.stringify(first)]);
  expect(changed).not.toHaveBeenCalled();
});

it('has nothing to say of sources that the system does not run from', async () => {
  const { world, changed, trials, asked } = scene();
  world.trial = { ...world.trial, concerns: false };
  trials.of(world.sources);
  await vi.waitFor(() => expect(asked()).toBe(world.sources.length));
  expect(trials.of(world.sources).size).toBe(0);
  expect(changed).not.toHaveBeenCalled();
});

it('asks for none where it would make nothing better', async () => {
  const { world, changed, trials, asked } = scene();
  world.preflight = snapshotPreflight;
  trials.of(world.sources);
  await vi.waitFor(() => expect(asked()).toBe(world.sources.length));
  expect(trials.of(world.sources).size).toBe(0);
  expect(changed).not.toHaveBeenCalled();
  expect(await trials.stateOf({ spec: world.sources[0]?.spec as never })).toMatchObject({ concerns: false });
});
