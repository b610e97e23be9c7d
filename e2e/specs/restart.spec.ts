import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { homeLike, writeFiles } from '../harness/files.ts';
import type { RunningApp } from '../harness/launch.ts';
import { frame } from '../harness/pages/frame.ts';
import { timeline } from '../harness/pages/timeline.ts';
import { unlockDialog } from '../harness/pages/unlock.ts';
import { keepScreens } from '../harness/screens.ts';
import { backUp, password, protect } from '../harness/seed.ts';
import { expect, test } from '../harness/test.ts';

const boundsOf = ({ app }: RunningApp) =>
  app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getBounds());

test('a restart shows what was shown; the catalog may be lost or damaged between', async ({ world, start }) => {
  const source = world.folder('ada');
  writeFiles(world, source, homeLike());
  const catalog = join(world.home, '.local/share/stillpoint');
  const bounds = { x: 40, y: 30, width: 1100, height: 720 };
  const look = async (running: RunningApp): Promise<void> => {
    const lanes = timeline(running.page);
    await expect(lanes.table).toBeVisible();
    await expect(lanes.rows('Nothing changed')).toHaveCount(1);
    await expect(frame(running.page).source('Ada')).toHaveAttribute('aria-pressed', 'true');
    expect(await boundsOf(running)).toEqual(bounds);
  };

  await test.step('before', async () => {
    const running = await start();
    await backUp(
      running.page,
      await protect(running.page, source, join(world.folder('disk'), 'backups'), { name: 'Ada' }),
    );
    await running.app.evaluate(({ BrowserWindow }, to) => BrowserWindow.getAllWindows()[0]?.setBounds(to), bounds);
    await frame(running.page).source('Ada').click();
    await timeline(running.page).asTable();
    await look(running);
    await running.close();
  });

  await test.step('view, selection and window are there again; a second start raises the window', async () => {
    const running = await start();
    await look(running);
    const raised = await running.app.evaluate(({ BrowserWindow }) => {
      const window = BrowserWindow.getAllWindows()[0];
      window?.hide();
      return window?.isVisible();
    });
    expect(raised).toBe(false);
    expect(await running.startAgain()).toBe(0);
    await expect
      .poll(() => running.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((w) => w.isVisible())))
      .toEqual([true]);
    await running.close();
  });

  for (const [what, spoil] of [
    ['deleted', (path: string) => rmSync(path, { recursive: true })],
    ['damaged', (path: string) => damageFiles(path)],
  ] as const) {
    await test.step(`the catalog was ${what}`, async () => {
      expect(existsSync(catalog)).toBe(true);
      spoil(catalog);
      const running = await start();
      const unlock = unlockDialog(running.page);
      await unlock.ask();
      await unlock.give(password);
      await look(running);
      await expect(running.page.getByRole('alert')).toHaveCount(0);
      await keepScreens(running.page, import.meta.filename, `catalog-${what}`);
      await running.close();
    });
  }
});

function damageFiles(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) writeFileSync(join(entry.parentPath, entry.name), 'this was a database once');
}
