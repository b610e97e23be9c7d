import { chmodSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { firstRun } from '../harness/pages/first-run.ts';
import { expect, test } from '../harness/test.ts';

test('a folder in the place of the settings is kept aside, the window shows, and another start is heard', async ({
  world,
  start,
}) => {
  const config = '.config/stillpoint';
  for (const name of ['.config', config, `${config}/settings.json`, `${config}/secrets.json`]) world.folder(name);
  const running = await start();
  await expect(firstRun(running.page).welcome).toBeVisible();
  const kept = readdirSync(join(world.home, config)).filter((name) => name.includes('.json.damaged-'));
  expect(kept.map((name) => name.split('.damaged-')[0]).toSorted()).toEqual(['secrets.json', 'settings.json']);
  expect(await running.startAgain()).toBe(0);
});

test('in a home that cannot be written the window shows all the same, and another start is heard', async ({
  world,
  start,
}) => {
  chmodSync(world.home, 0o555);
  try {
    const running = await start();
    await expect(firstRun(running.page).welcome).toBeVisible();
    expect(await running.startAgain()).toBe(0);
    expect(readdirSync(world.home)).toEqual([]);
    await running.close();
  } finally {
    chmodSync(world.home, 0o755);
  }
});
