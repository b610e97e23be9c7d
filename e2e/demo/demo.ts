import { join } from 'node:path';
import { expect } from '@playwright/test';
import { checkPrefix } from '../../electron/helper/quiesce/testing/ordered-writer/index.ts';
import type { LoopFilesystemType } from '../../electron/helper/system/testing/loop-filesystem.ts';
import { type BusyFilesystem, openBusyFilesystem, writerPlan } from '../harness/busy-filesystem.ts';
import { ensureDisplay } from '../harness/display.ts';
import { noise, writeFiles } from '../harness/files.ts';
import { installHelper, whyNotInstallable } from '../harness/installed-helper.ts';
import { launch, type RunningApp } from '../harness/launch.ts';
import { addSource } from '../harness/pages/add-source.ts';
import { firstRun } from '../harness/pages/first-run.ts';
import { frame } from '../harness/pages/frame.ts';
import { repositories } from '../harness/pages/repositories.ts';
import { restoreWizard } from '../harness/pages/restore.ts';
import { snapshotDetails } from '../harness/pages/snapshot-details.ts';
import { keepScreen } from '../harness/screens.ts';
import prepareAccount from '../harness/test-account.ts';
import { root } from '../harness/tree.ts';
import { newWorld, type World } from '../harness/world.ts';
import { textbookStall } from './textbook.ts';

// Shows the whole of it without a person: two busy filesystems are held still through the window, restored through the
// window, and the copies proven by the oracle; beside them how long the textbook way holds the same writer.

const types: readonly LoopFilesystemType[] = ['ext4', 'xfs'];
const screens = join(root, 'out/demo');
const patience = { timeout: 60_000 };

interface Shown {
  readonly type: string;
  readonly level: string;
  /** How long the writer was held, by its own clock. Milliseconds. */
  readonly oursMs: number;
  readonly textbookMs: number;
  /** The copy is the state after exactly this many of the writer's steps. */
  readonly steps: number;
}

async function main(): Promise<void> {
  await using stack = new AsyncDisposableStack();
  stopOnSignals(stack);
  const removeAccount = prepareAccount();
  if (removeAccount !== undefined) stack.defer(removeAccount);
  const display = await ensureDisplay();
  stack.defer(display.stop);
  const helper = await installHelper();
  stack.defer(helper.remove);
  const world = newWorld();
  stack.defer(world.remove);
  await helper.consentFor(world.user);
  const app = await launch(world);
  stack.defer(app.close);
  stopOnSignals(stack);
  await makeRepository(app, world);
  const shown: Shown[] = [];
  for (const type of types) {
    await using filesystem = await busyFilesystem(world, type);
    shown.push(await show(app, world, type, filesystem));
  }
  report(shown);
}

async function makeRepository({ page }: RunningApp, world: World): Promise<void> {
  await expect(firstRun(page).welcome).toBeVisible(patience);
  await keepScreen(page, screens, '1-welcome');
  await page.getByRole('button', { name: 'Look around first' }).click();
  await frame(page).go('Repositories');
  await repositories(page).make(join(world.folder('disk'), 'backups'), 'the demo’s own password');
  await keepScreen(page, screens, '2-repository');
}

async function show(
  app: RunningApp,
  world: World,
  type: LoopFilesystemType,
  filesystem: BusyFilesystem,
): Promise<Shown> {
  const { page } = app;
  const { cards, addSource: openAddSource } = frame(page);
  const name = `Busy ${type}`;
  const keep = (screen: string): Promise<void> => keepScreen(page, screens, `${type}-${screen}`);
  const writer = await filesystem.startWriter('writer');

  await openAddSource();
  const source = addSource(page);
  await source.folder.fill(filesystem.mountPoint);
  await expect(source.promise).toContainText('You will get', patience);
  if (await page.getByRole('button', { name: 'Allow still points…' }).isVisible()) await source.allowStillPoints();
  await expect(source.promise).toContainText('Held still', patience);
  await source.name.fill(name);
  await keep('1-promise');
  await source.addAndBackUp();
  await expect(cards).toContainText(`${name} is backed up`, patience);
  await keep('2-backed-up');
  const { longestStepMs: oursMs } = await writer.stop();

  await cards.getByRole('button', { name: 'Show snapshot' }).first().click();
  const level = await snapshotDetails(page).fact('Level').innerText(patience);
  await expect(page.getByText('Held still for').first()).toBeVisible();
  await keep('3-proof');
  const target = world.folder(`restored-${type}`);
  await restore(app, target, keep);
  const verdict = checkPrefix(join(target, 'writer'), writerPlan);
  if (!verdict.isPrefix) throw new Error(`the copy is not of one instant: ${verdict.problems.join('; ')}`);
  const textbookMs = await textbookStall(filesystem, world.folder('scratch'));
  return { type, level, oursMs, textbookMs, steps: verdict.step };
}

async function restore({ page }: RunningApp, target: string, keep: (screen: string) => Promise<void>): Promise<void> {
  const wizard = restoreWizard(page);
  await snapshotDetails(page).restore();
  await wizard.next();
  await wizard.toFolder(target);
  await wizard.toPreview();
  await expect(wizard.start).toBeEnabled(patience);
  await keep('4-preview');
  await wizard.start.click();
  await expect(wizard.result.result).toContainText('It is back', patience);
  await keep('5-restored');
  await wizard.result.close();
}

/** With enough beside the writer that a copy of everything takes time. */
async function busyFilesystem(world: World, type: LoopFilesystemType): Promise<BusyFilesystem & AsyncDisposable> {
  const filesystem = await openBusyFilesystem(world, type, 512);
  const files = Array.from({ length: 1500 }, (_, file): [string, Buffer] => [
    `${Math.floor(file / 100)}/${file}`,
    noise(`${type} ${file}`, 32 * 1024),
  ]);
  const data = join(filesystem.mountPoint, 'data');
  world.makeFolder(data);
  writeFiles(world, data, Object.fromEntries(files));
  return { ...filesystem, [Symbol.asyncDispose]: filesystem.close };
}

function report(shown: readonly Shown[]): void {
  for (const { type, level, oursMs, textbookMs, steps } of shown) {
    console.log(`${type}: ${level}`);
    console.log(`  restored, and proven: exactly the first ${steps} steps of the writer, none missing, none torn`);
    console.log(
      `  its writer was held ${oursMs.toFixed(1)} ms; by fsfreeze -f, cp -a, fsfreeze -u ${textbookMs.toFixed(1)} ms`,
    );
  }
  console.log(`screenshots: ${screens}`);
}

/** An interrupted demo cleans up like one that ended. Playwright would end this process as soon as the app is gone. */
function stopOnSignals(stack: AsyncDisposableStack): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.removeAllListeners(signal);
    process.once(signal, () => {
      leaving = stack.disposeAsync().finally(() => process.exit(130));
    });
  }
}

let leaving: Promise<void> | undefined;
const missing = whyNotInstallable();
if (missing === undefined) {
  await main().catch(async (error: unknown) => {
    // What was under way fails when it is interrupted; that is no news.
    if (leaving === undefined) throw error;
    await leaving;
  });
} else {
  console.error(`demo: it ${missing} (it makes filesystems and installs the helper for its time): sudo npm run demo`);
  process.exitCode = 1;
}
