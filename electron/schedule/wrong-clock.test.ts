import { expect, it } from 'vitest';
import { hour, LiteralWorld, repositoryId } from './testing/literal-world.ts';

it('goes on when a disk comes back, although a snapshot of a clock that was days ahead comes near', async () => {
  const world = new LiteralWorld();
  const begin = world.now;
  const tick = async (): Promise<void> => {
    world.pass(hour);
    await world.scheduler.tick();
    await world.scheduler.idle();
  };
  await tick();
  const ahead = begin + 60 * hour;
  world.now = ahead;
  await tick();
  // The newest snapshot of the repository stays the one from the time that was wrong.
  world.lastSnapshotAt = world.now;
  world.now = begin + hour;
  for (let passed = 0; passed < 20; passed += 1) await tick();
  world.states = { [repositoryId]: 'waiting' };
  for (let passed = 0; passed < 12; passed += 1) await tick();
  world.states = { [repositoryId]: 'ready' };
  const before = world.begun.length;
  for (let passed = 0; passed < 10; passed += 1) await tick();
  expect(world.begun.length - before).toBe(10);
});
