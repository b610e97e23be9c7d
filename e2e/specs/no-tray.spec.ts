import type { ElectronApplication } from '@playwright/test';
import { expect, test } from '../harness/desktop-test.ts';
import { answerWith } from '../harness/questions.ts';
import { keepScreens } from '../harness/screens.ts';
import { askMain } from '../harness/seed.ts';
import { closeWindow, ended, expectHidden, expectVisible, visibleWindows } from '../harness/window.ts';

test.use({ desktopKind: 'bare' });

const question = {
  message: 'Keep making backups in the background?',
  detail: 'Start Stillpoint again to see this window.',
  buttons: ['Keep Running', 'Quit', 'Cancel'],
  checkbox: 'Do not ask again',
};

/** As after the first run: there is something to go on with. */
const begun = (page: Parameters<typeof askMain>[0]) => askMain(page, 'settings.set', { firstRunDone: true });

test('closing asks, once and for all where that is wanted; a second start raises the window', async ({ start }) => {
  const { app, page, startAgain } = await start();
  await begun(page);

  await test.step('cancelled, the window stays', async () => {
    const { asked } = await answerWith(app, 'Cancel');
    await closeWindow(app);
    await expect.poll(asked).toEqual([question]);
    await expectVisible(app);
  });

  await test.step('kept running, it hides and comes back', async () => {
    await answerWith(app, 'Keep Running');
    await closeWindow(app);
    await expectHidden(app);
    expect(await startAgain()).toBe(0);
    await expectVisible(app);
  });

  await test.step('told not to ask again, it does not', async () => {
    await answerWith(app, 'Keep Running', { remember: true });
    await closeWindow(app);
    await expectHidden(app);
    await startAgain();
    await expectVisible(app);
    const { asked } = await answerWith(app, 'Quit');
    await closeWindow(app);
    await expectHidden(app);
    expect(await asked()).toEqual([]);
  });

  await test.step('told to quit with the window, it does', async () => {
    await startAgain();
    await expectVisible(app);
    await askMain(page, 'settings.set', { keepRunning: false });
    const gone = ended(app);
    await closeWindow(app);
    expect(await gone).toBe(0);
  });
});

test('quits when that is the answer', async ({ start }) => {
  const { app, page } = await start();
  await begun(page);
  await answerWith(app, 'Quit');
  const gone = ended(app);
  await closeWindow(app);
  expect(await gone).toBe(0);
});

test('quits with the window, unasked, while nothing is protected', async ({ start }) => {
  const { app } = await start();
  const { asked } = await answerWith(app, 'Cancel');
  expect(await asked()).toEqual([]);
  const gone = ended(app);
  await closeWindow(app);
  expect(await gone).toBe(0);
});

test('the window says how to live without a tray', async ({ start }) => {
  const { page } = await start();
  await begun(page);
  expect(await askMain(page, 'schedule.state', {})).toMatchObject({ tray: false });
  await page.reload();
  await page.getByRole('navigation', { name: 'Places' }).getByRole('button', { name: 'Settings' }).click();
  await expect(page.getByText('Your desktop shows no tray.')).toBeVisible();
  await expect(page.getByText(/start it again to bring this window back/i)).toBeVisible();
  await keepScreens(page, import.meta.filename, 'settings');
});

test('without any bus it does everything but the tray', async ({ start, world }) => {
  const running = await start({ bus: `unix:path=${world.home}/no-bus` });
  await begun(running.page);
  await answerWith(running.app, 'Keep Running');
  await closeWindow(running.app);
  await expectHidden(running.app);
  await running.startAgain();
  await expectVisible(running.app);
});

test('started at login it has no window until it is asked for', async ({ startHidden }) => {
  const { app, startAgain, pid } = await startHidden();
  // Answers, and has made nothing to look at.
  expect(await app.evaluate(({ app: itself }) => itself.isReady())).toBe(true);
  expect(await visibleWindows(app)).toEqual([]);
  const shown = app.waitForEvent('window');
  expect(await startAgain()).toBe(0);
  const page = await shown;
  await expectVisible(app);
  await expect(page.getByRole('heading').first()).toBeVisible();
  // The end of a session does not ask.
  const { asked } = await answerWith(app, 'Cancel');
  expect(await asked()).toEqual([]);
  const gone = ended(app);
  process.kill(pid, 'SIGTERM');
  expect(await gone).toBe(0);
});

test('a login that comes again does not bring the window', async ({ startHidden }) => {
  const { app, loginAgain } = await startHidden();
  expect(await loginAgain()).toBe(0);
  expect(await windowsAfterAWhile(app)).toEqual([]);
});

/** What a window that is wrongly made would have had time for: a real one is made after this question. */
async function windowsAfterAWhile(app: ElectronApplication): Promise<boolean[]> {
  await app.evaluate(() => new Promise((resolve) => setTimeout(resolve, 1_000)));
  return visibleWindows(app);
}
