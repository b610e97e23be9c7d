import { join } from 'node:path';
import { type Desktop, startDesktop } from '../harness/desktop.ts';
import { homeLike, writeFiles } from '../harness/files.ts';
import { launch, launchHidden } from '../harness/launch.ts';
import { keepDisplay } from '../harness/panel.ts';
import { askMain, password, protect } from '../harness/seed.ts';
import { startKeyring } from '../harness/session-bus.ts';
import { expect, test } from '../harness/test.ts';
import { registeredItems, TrayItem } from '../harness/tray-item.ts';
import { unlockKeyring } from '../harness/unlock-keyring.ts';
import type { World } from '../harness/world.ts';
import { endWorldProcesses, pagesOf } from '../harness/world-processes.ts';

const login = 'login password of ada';
/** Shows the keyring's own questions; started by the bus when there is one to ask. */
const prompter = 'org.gnome.keyring.SystemPrompter';
const gnome = { XDG_CURRENT_DESKTOP: 'GNOME' };

test('a start at login leaves a locked keyring alone, and goes on by itself once it is unlocked', async ({ world }) => {
  const desktop = await startDesktop(world);
  try {
    await desktop.startPanel();
    await protectWithKeyring(world, desktop);
    const keyring = await startKeyring(world, desktop.bus, null);
    const hidden = await launchHidden(world, { bus: desktop.bus.address, environment: gnome });

    await test.step('locked: the password counts as not known, and nobody is asked', async () => {
      await expect.poll(() => trayWords(desktop)).toContain('(Ada: waiting for the password of Backups)');
      expect(await desktop.eyes.hasOwner(prompter)).toBe(false);
      expect(pagesOf(world)).toEqual([]);
      keepDisplay('keyring-1-locked');
    });

    await test.step('unlocked by somebody else: the backup that waited is made, without a window', async () => {
      await unlockKeyring(desktop.eyes, login);
      await expect.poll(() => trayWords(desktop), { timeout: 45_000 }).toContain('(Ada is safe)');
      expect(await desktop.eyes.hasOwner(prompter)).toBe(false);
      expect(pagesOf(world)).toEqual([]);
      await (await TrayItem.find(desktop.eyes)).choose('Quit');
      await expect.poll(() => registeredItems(desktop.eyes)).toEqual([]);
    });
    await hidden.close();
    await keyring.stop();
  } finally {
    await endWorldProcesses(world);
    await desktop.stop();
  }
});

test('a person who opens the window is asked by the keyring then', async ({ world }) => {
  const desktop = await startDesktop(world);
  try {
    await desktop.startPanel();
    await protectWithKeyring(world, desktop);
    const keyring = await startKeyring(world, desktop.bus, null);
    const hidden = await launchHidden(world, { bus: desktop.bus.address, environment: gnome });
    await expect.poll(() => trayWords(desktop)).toContain('(Ada: waiting for the password of Backups)');
    expect(await desktop.eyes.hasOwner(prompter)).toBe(false);
    await (await TrayItem.find(desktop.eyes)).choose('Open Stillpoint');
    await expect.poll(() => desktop.eyes.hasOwner(prompter), { timeout: 30_000 }).toBe(true);
    keepDisplay('keyring-2-asked');
    await unlockKeyring(desktop.eyes, login);
    await expect.poll(() => pagesOf(world).length, { timeout: 30_000 }).toBe(1);
    await hidden.close();
    await keyring.stop();
  } finally {
    await endWorldProcesses(world);
    await desktop.stop();
  }
});

/** Nothing while the one start makes way for the other. */
async function trayWords(desktop: Desktop): Promise<string[]> {
  const [item] = await registeredItems(desktop.eyes);
  return item === undefined ? [] : (await TrayItem.find(desktop.eyes)).words().catch(() => []);
}

/** A source whose first backup is due, in a repository whose password the keyring keeps. */
async function protectWithKeyring(world: World, desktop: Desktop): Promise<void> {
  const keyring = await startKeyring(world, desktop.bus, login);
  const { page, close } = await launch(world, { bus: desktop.bus.address, environment: gnome });
  const source = world.folder('ada');
  writeFiles(world, source, homeLike());
  const { repositoryId } = await protect(page, source, join(world.folder('disk'), 'backups'), { name: 'Ada' });
  await askMain(page, 'repositories.unlock', { id: repositoryId, password, remember: true });
  await close();
  await keyring.stop();
}
