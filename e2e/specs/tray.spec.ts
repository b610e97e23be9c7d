import { join } from 'node:path';
import { expect, test } from '../harness/desktop-test.ts';
import { homeLike, muchData, writeFiles } from '../harness/files.ts';
import { frame } from '../harness/pages/frame.ts';
import { timeline } from '../harness/pages/timeline.ts';
import { keepDisplay } from '../harness/panel.ts';
import { answerWith } from '../harness/questions.ts';
import { protect } from '../harness/seed.ts';
import { TrayItem } from '../harness/tray-item.ts';
import { closeWindow, ended, expectHidden, expectVisible } from '../harness/window.ts';

test('the tray says how things are, and does what its menu says', async ({ world, start, desktop }) => {
  const panel = await desktop.startPanel();
  const source = world.folder('ada');
  writeFiles(world, source, homeLike());
  const { page, app } = await start();
  const tray = await TrayItem.find(desktop.eyes);

  await test.step('nothing is protected yet', async () => {
    await expect.poll(() => tray.words()).toContain('(Nothing is protected yet)');
    expect((await tray.picture()).size).toBeGreaterThanOrEqual(44);
    keepDisplay('tray-1-empty');
  });
  const empty = await tray.picture();

  await test.step('Back up now', async () => {
    await protect(page, source, join(world.folder('disk'), 'backups'), { name: 'Ada & Co_1' });
    await expect.poll(() => tray.words()).toContain('Back up now');
    await tray.choose('Back up now');
    await expect(frame(page).source('Ada & Co_1')).toHaveAccessibleName(/safe/);
    await expect.poll(() => tray.tooltip()).toMatch(/^Stillpoint\nAda & Co_1 is safe\nLast backup just now\nNext /);
    await expect.poll(() => tray.words()).toContain('(Ada & Co_1 is safe)');
    expect((await tray.picture()).pixels).not.toEqual(empty.pixels);
    keepDisplay('tray-2-safe');
  });

  await test.step('pause and resume', async () => {
    await tray.choose('Pause backups', 'Until I resume');
    await expect.poll(() => tray.words()).toEqual(expect.arrayContaining(['(Paused)', 'Resume backups']));
    keepDisplay('tray-3-paused');
    await tray.choose('Resume backups');
    await expect.poll(() => tray.words()).toContain('Pause backups');
  });

  await test.step('closing the window leaves the tray, which brings it back', async () => {
    await closeWindow(app);
    await expectHidden(app);
    await tray.click();
    await expectVisible(app);
    await closeWindow(app);
    await expectHidden(app);
    await tray.choose('Open Stillpoint');
    await expectVisible(app);
  });

  await test.step('a panel that is started anew shows it again', async () => {
    await panel.stop();
    await desktop.startPanel();
    await TrayItem.find(desktop.eyes).then((again) =>
      expect.poll(() => again.words()).toContain('(Ada & Co_1 is safe)'),
    );
  });

  await test.step('Quit', async () => {
    const gone = ended(app);
    await (await TrayItem.find(desktop.eyes)).choose('Quit');
    expect(await gone).toBe(0);
  });
});

test('quitting while a run is under way asks, also without a window', async ({ world, start, desktop }) => {
  await desktop.startPanel();
  const source = world.folder('films');
  writeFiles(world, source, muchData(40));
  const { page, app } = await start();
  await protect(page, source, join(world.folder('disk'), 'backups'), { name: 'Films', liveReadMiBps: 40 });
  const tray = await TrayItem.find(desktop.eyes);
  await closeWindow(app);
  await expectHidden(app);

  const no = await answerWith(app, 'Keep Running');
  await expect.poll(() => tray.words()).toContain('Back up now');
  await tray.choose('Back up now');
  await expect.poll(() => tray.words()).toContain('(Back up Films)');
  keepDisplay('tray-4-running');
  await tray.choose('Quit');
  await expect
    .poll(async () => (await no.asked()).map(({ message }) => message))
    .toEqual(['Back up Films is not finished.']);
  await expect.poll(() => tray.words()).toContain('(Back up Films)');

  await answerWith(app, 'Stop and Quit');
  const gone = ended(app);
  await tray.choose('Quit');
  expect(await gone).toBe(0);
});

test('the end of a session ends a run in order, and asks nobody', async ({ world, start, desktop }) => {
  await desktop.startPanel();
  const source = world.folder('films');
  writeFiles(world, source, muchData(40));
  const { page, app, pid } = await start();
  await protect(page, source, join(world.folder('disk'), 'backups'), { name: 'Films', liveReadMiBps: 40 });
  const tray = await TrayItem.find(desktop.eyes);
  await expect.poll(() => tray.words()).toContain('Back up now');
  await tray.choose('Back up now');
  await expect.poll(() => tray.words()).toContain('(Back up Films)');
  // Whoever asked would be told to keep running.
  await answerWith(app, 'Keep Running');
  const gone = ended(app);
  process.kill(pid, 'SIGTERM');
  expect(await gone).toBe(0);
  const again = await start();
  await timeline(again.page).asTable();
  await expect(timeline(again.page).rows('cancelled')).toHaveCount(1);
});
