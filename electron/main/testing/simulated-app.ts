import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Alert } from '../../../shared/domain/alerts.ts';
import type { HelperState } from '../../../shared/ipc/app.ts';
import type { IpcMethodName, IpcResult } from '../../../shared/ipc/contract.ts';
import type { AppEvent } from '../../../shared/ipc/events.ts';
import type { AlertAdapter } from '../../alerts/index.ts';
import { RunLogs } from '../../schedule/run-logs/run-logs.ts';
import { composeServices } from '../compose-services.ts';
import { allHandlers } from '../ipc/all-handlers.ts';
import { answer } from '../ipc/answer.ts';
import type { ShellPort } from '../ipc/services.ts';
import { AlertFiles } from '../settings/alert-files.ts';
import { careFile } from '../settings/care-file.ts';
import { dismissedNoticesFile } from '../settings/dismissed-notices-file.ts';
import { PasswordStore } from '../settings/password-store.ts';
import { SettingsStore } from '../settings/settings-store.ts';
import { FakeCatalog } from './fake-catalog.ts';
import { FakeWorld } from './fake-world.ts';
import { simulatedDesktop } from './simulated-desktop.ts';

const helperState: HelperState = {
  state: 'ready',
  canFreeze: true,
  explanation: '',
  canAskForRights: false,
  refused: false,
  crashes: 0,
  scheduledStillPoints: true,
};

/**
 * Everything of main but Electron and the two other processes, over a simulated world: what a window asks goes through
 * the same checks as in the app. `folder` is a new one unless a former start's is given.
 */
export async function simulatedApp(world = new FakeWorld(), former?: string) {
  const folder = former ?? (await mkdtemp(join(tmpdir(), 'stillpoint-app-')));
  /** The wall clock; tests let the machine sleep by moving it. */
  const clock = { aheadMs: 0 };
  const now = (): number => Date.now() + clock.aheadMs;
  world.now = now;
  const events: AppEvent[] = [];
  const reports: string[] = [];
  const report = (what: string, error: unknown): void => void reports.push(`${what}: ${String(error)}`);
  const catalog = new FakeCatalog();
  const logs = new RunLogs(join(folder, 'runs'));
  await logs.prepare();
  const noKeyring = { store: { available: false, backend: 'test' }, encrypt: unused, decrypt: unused };
  const passwords = new PasswordStore(join(folder, 'secrets.json'), noKeyring, now);
  /** What the user would do in dialogs, and what came of it. */
  const user = { saveTo: null as string | null, written: new Map<string, string>() };
  const desktop = simulatedDesktop();
  const shell: ShellPort = {
    version: 'test',
    hostname: 'desk',
    homePath: '/home/user',
    runsAsRoot: false,
    pickFolder: async () => '/picked',
    pickFileToSave: async () => user.saveTo,
    openFolder: async () => undefined,
    disks: async () => [],
    writeFile: async (path, content) => void user.written.set(path, String(content)),
    writeChunks: async (path, chunks) => {
      const parts: Uint8Array[] = [];
      for await (const chunk of chunks) parts.push(chunk);
      user.written.set(path, Buffer.concat(parts).toString('utf8'));
    },
    recoverySheet: async () => null,
    ...desktop.shell,
  };
  const settings = new SettingsStore(join(folder, 'settings.json'), now);
  await settings.load();
  const alerts = new AlertFiles({ config: folder, state: folder }, noKeyring, now);
  await alerts.load();
  /** What went out, and to whom; `fails` is what the other side has against it. */
  const sent: { channels: string[]; alerts: Alert[]; fails: Error | undefined } = {
    channels: [],
    alerts: [],
    fails: undefined,
  };
  const alertAdapter: AlertAdapter = {
    send: async (alert, channel) => {
      if (sent.fails) throw sent.fails;
      sent.channels.push(channel.id);
      sent.alerts.push(alert);
      return { answer: 'Taken.' };
    },
  };
  const care = careFile(join(folder, 'repository-care.json'), now);
  const dismissed = dismissedNoticesFile(join(folder, 'notices.json'), now);
  const state = (): HelperState => ({
    ...helperState,
    ...(world.missing === '' ? {} : { state: 'unavailable', explanation: world.missing }),
    scheduledStillPoints: world.scheduledStillPoints,
  });
  const services = composeServices({
    helperCalls: world,
    helper: {
      get state() {
        return state();
      },
      requestRights: async () => state(),
      refresh: async () => state(),
      allowStillPoints: async (allowed) => {
        await world.call(allowed ? 'schedule.allowStillPoints' : 'schedule.forbidStillPoints', {});
        return state();
      },
    },
    carrier: { changed: async () => undefined },
    catalog,
    logs,
    settings,
    care: { file: care, loaded: (await care.load()).value },
    rememberedSources: async () => world.remembered,
    alerts,
    alertAdapter,
    scheduleFolder: join(folder, 'schedule'),
    runsFolder: join(folder, 'runs'),
    dismissed: { file: dismissed, loaded: (await dismissed.load()).value },
    passwords,
    shell,
    broadcast: (event) => events.push(event),
    report,
    now,
  });
  const handlers = allHandlers(services);
  return {
    world,
    catalog,
    services,
    passwords,
    clock,
    desktop,
    events,
    reports,
    sent,
    user,
    folder,
    logs,
    /** As a window would ask; rejects with the error that it would be shown. */
    ask: async <N extends IpcMethodName>(name: N, params: unknown = {}): Promise<IpcResult<N>> => {
      const got = await answer(handlers, name, params, report);
      if (!got.ok) throw Object.assign(new Error(got.error.message), got.error);
      return got.value as IpcResult<N>;
    },
    /** Nothing is under way any more, in the background neither. */
    settle: async (): Promise<void> => {
      await services.runs.idle();
      await services.sync.all();
      await services.indexing.settled();
    },
    remove: async (): Promise<void> => {
      await services.alerts.settled();
      await Promise.all([settings, passwords, care, dismissed, alerts].map((kept) => kept.settled()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function unused(): never {
  throw new Error('there is no keyring here');
}
