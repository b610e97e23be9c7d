import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { DiskRoom } from '../../electron/main/shell/eject/testing/disk-room.ts';
import { expect, test } from '../harness/disk-test.ts';
import { endProcess } from '../harness/end-process.ts';
import { homeLike, writeFiles } from '../harness/files.ts';
import type { NotificationDaemon } from '../harness/notification-daemon.ts';
import { frame } from '../harness/pages/frame.ts';
import { keepDisplay } from '../harness/panel.ts';
import { askMain, password } from '../harness/seed.ts';
import { TrayItem } from '../harness/tray-item.ts';
import type { World } from '../harness/world.ts';

test.describe.configure({ timeout: 300_000 });

/** udisksd takes its time here; a look of the scheduler comes at least once a minute. */
const patience = { timeout: 90_000 };

test('a disk that was waited for is backed up to, and ejected by a button of its notice', async ({
  world,
  room,
  login,
  desktop,
}) => {
  await desktop.startPanel();
  const dunst = await desktop.startNotifications();
  await test.step('a source whose backups go to the disk, which is then unplugged', async () => {
    const { page, close } = await login.start();
    await protectOn(page, world, await room.mount('BACKUPS', world.user), { ejectAfterwards: false });
    await close();
    room.unplug();
  });

  await test.step('without it the backup waits, and nobody is disturbed', async () => {
    await waiting((await login.start()).page);
    const tray = await TrayItem.find(desktop.eyes);
    await expect.poll(() => tray.words()).toContain('(Ada: waiting for Backups)');
    expect(dunst.shown()).toEqual([]);
  });

  const place = await room.mount('BACKUPS', world.user);
  await test.step('plugged in, it is backed up to by itself', async () => {
    const tray = await TrayItem.find(desktop.eyes);
    await expect.poll(() => tray.words(), patience).toContain('(Ada is safe)');
    await expect
      .poll(() => last(dunst), patience)
      .toMatchObject({ summary: 'Backup finished', body: 'Eject Backups before you unplug it.', urgency: 'NORMAL' });
    expect(room.mounted()).toEqual([place]);
    keepDisplay('eject-1-finished');
  });

  await test.step('while a program uses it, it is not safe, and the program is named', async () => {
    const user = await using(room, place, world);
    await dunst.press('Eject');
    await expect
      .poll(() => last(dunst), patience)
      .toMatchObject({
        summary: 'Backups was not ejected',
        body: `Do not unplug it yet. ${place} is in use by sleep. Close what is open there and try again.`,
      });
    expect(room.mounted()).toEqual([place]);
    keepDisplay('eject-2-in-use');
    await endProcess(user);
  });

  await test.step('Try again: unmounted, and only then called safe', async () => {
    await dunst.press('Try again');
    await safe(dunst, room);
    expect(last(dunst)?.body).toMatch(/Backups is unmounted\.$/);
    expect(dunst.displayed()).toBe(1);
    keepDisplay('eject-3-safe');
  });

  await test.step('plugged in again, it is not called safe any more', async () => {
    await room.mount('BACKUPS', world.user);
    await expect.poll(() => dunst.displayed(), patience).toBe(0);
  });
});

test('where that is wanted, a disk is ejected by itself after its backup', async ({ world, room, login, desktop }) => {
  await desktop.startPanel();
  const dunst = await desktop.startNotifications();
  const { page, close } = await login.start();
  await protectOn(page, world, await room.mount('BACKUPS', world.user), { ejectAfterwards: true });
  await close();
  room.unplug();

  await waiting((await login.start()).page);
  await room.mount('BACKUPS', world.user);
  await safe(dunst, room);
  const tray = await TrayItem.find(desktop.eyes);
  await expect.poll(() => tray.words()).toContain('(Last backup just now)');
  keepDisplay('eject-4-by-itself');
});

async function protectOn(
  page: Page,
  world: World,
  place: string,
  { ejectAfterwards }: { readonly ejectAfterwards: boolean },
): Promise<void> {
  const folder = world.folder('ada');
  writeFiles(world, folder, homeLike());
  const made = await askMain(page, 'repositories.create', {
    name: 'Backups',
    location: { kind: 'local', path: join(place, 'backups') },
    password,
    remember: true,
  });
  const policy = { repositoryId: made.id, requiredLevel: 'per-file', longestStallMs: 250, ejectAfterwards } as const;
  await askMain(page, 'sources.add', {
    name: 'Ada',
    spec: { kind: 'filesystem', path: folder, excludes: [], excludePresets: [], ignoreLines: [] },
    policy,
  });
  await askMain(page, 'settings.set', { firstRunDone: true });
}

/** The schedule owes a run, and has seen that the disk is away. */
async function waiting(page: Page): Promise<void> {
  await expect.poll(async () => (await askMain(page, 'sources.list', {}))[0]?.heldBack).toBe('Waiting for Backups');
  await expect(frame(page).source('Ada')).toHaveAccessibleName(/Waiting for Backups/);
}

function last(dunst: NotificationDaemon) {
  return dunst.shown().at(-1);
}

/** Waits until it is called safe, and sees that it is never called so while mounted. */
async function safe(dunst: NotificationDaemon, room: DiskRoom): Promise<void> {
  const seen = (): { safe: boolean; mounted: string[] } => {
    const isSafe = dunst.shown().some(({ summary, body }) => /safe|unmounted/i.test(`${summary} ${body}`));
    return { safe: isSafe, mounted: isSafe ? room.mounted() : [] };
  };
  await expect.poll(seen, { ...patience, intervals: [50] }).toEqual({ safe: true, mounted: [] });
}

async function using(room: DiskRoom, place: string, { user }: World): Promise<ChildProcess> {
  const child = spawn(...room.within(['sh', '-c', `cd '${place}' && echo there && exec sleep 600`], user), {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}
