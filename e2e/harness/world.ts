import { chmodSync, chownSync, copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestUser, testUser } from './test-user.ts';

/** Everything one spec has: a home of its own, so that no spec sees what another left. */
export interface World {
  readonly user: TestUser;
  readonly home: string;
  /** Variables that keep the app to this world. */
  readonly environment: Readonly<Record<string, string>>;
  /** Makes a folder below the home that belongs to the user. */
  folder(name: string): string;
  /** Makes a folder anywhere, as if the user had made it. */
  makeFolder(path: string): void;
  /** Gives a path to the user, as if the user had made it. */
  give(path: string): void;
  remove(): void;
}

export function newWorld(): World {
  const user = testUser();
  const base = mkdtempSync(join(tmpdir(), 'stillpoint-e2e-'));
  chmodSync(base, 0o755);
  const give = (path: string): void => chownSync(path, user.uid, user.gid);
  const makeFolder = (path: string): void => {
    mkdirSync(path, { recursive: true, mode: 0o755 });
    give(path);
  };
  const folder = (name: string): string => {
    const path = join(base, name);
    makeFolder(path);
    return path;
  };
  const home = folder('home');
  const runtime = folder('run');
  chmodSync(runtime, 0o700);
  return {
    user,
    home,
    environment: {
      HOME: home,
      USER: user.name,
      LOGNAME: user.name,
      LANG: 'en_US.UTF-8',
      TZ: 'UTC',
      PATH: '/usr/local/bin:/usr/bin:/bin',
      XDG_CONFIG_HOME: join(home, '.config'),
      XDG_DATA_HOME: join(home, '.local/share'),
      XDG_STATE_HOME: join(home, '.local/state'),
      XDG_CACHE_HOME: join(home, '.cache'),
      XDG_RUNTIME_DIR: runtime,
      // The browser inside aborts when a system bus it knows goes away; the app asks it for nothing but rights.
      DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${join(base, 'no-system-bus')}`,
      ...display(base, give),
    },
    folder: (name) => folder(join('home', name)),
    makeFolder,
    give,
    remove: () => rmSync(base, { recursive: true, force: true }),
  };
}

/** The display the specs run under, opened to the user by a copy of its key. */
function display(base: string, give: (path: string) => void): Record<string, string> {
  const { DISPLAY, XAUTHORITY } = process.env;
  if (DISPLAY === undefined) throw new Error('The specs need a display; `npm run test:e2e` brings one.');
  if (XAUTHORITY === undefined) return { DISPLAY };
  const key = join(base, 'Xauthority');
  copyFileSync(XAUTHORITY, key);
  give(key);
  return { DISPLAY, XAUTHORITY: key };
}
