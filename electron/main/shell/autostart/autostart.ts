import { access, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { StillpointError } from '../../../../shared/errors/index.ts';
import { desktopEntryText, execLine, parseDesktopEntry, parseExec } from './desktop-entry.ts';

export interface AutostartOptions {
  /** `XDG_CONFIG_HOME`, or what stands for it. */
  readonly configHome: string;
  /** What starts this app again, without a window. */
  readonly command: readonly string[];
  readonly writeFile: (path: string, text: string) => Promise<void>;
}

/**
 * Beginning at login, after the Desktop Application Autostart Specification. `ours` is a file that we wrote and that is in
 * force; `switched-off` one that the desktop's own settings keep from being used; `foreign` is somebody else's, which we
 * neither change nor count on.
 */
export type AutostartState = 'absent' | 'ours' | 'switched-off' | 'foreign';

export interface Autostart {
  isSet(): Promise<boolean>;
  /** There is no such file, so nobody has said anything. */
  isUndecided(): Promise<boolean>;
  state(): Promise<AutostartState>;
  /** Rejects with words when it cannot be written, or would take the place of somebody else's file. */
  set(isWanted: boolean): Promise<void>;
  /** Points our file at what runs now where it names a program that is gone. */
  repair(): Promise<void>;
}

const mark = 'X-Stillpoint-Autostart';

export function autostart({ configHome, command, writeFile }: AutostartOptions): Autostart {
  const path = join(configHome, 'autostart', 'dev.stillpoint.Stillpoint.desktop');
  const read = (): Promise<string | undefined> => readFile(path, 'utf8').catch(absent);
  const write = (): Promise<void> => writeFile(path, entryText(command));
  const state = async (): Promise<AutostartState> => stateOf(await read());

  return {
    state,
    isSet: async () => (await state()) === 'ours',
    isUndecided: async () => (await state()) === 'absent',
    set: async (isWanted) => {
      const now = await state();
      if (isWanted ? now === 'ours' : now === 'absent' || now === 'switched-off') return;
      if (now === 'foreign') {
        if (!isWanted) return;
        throw notOurs(path);
      }
      if (isWanted) await write();
      else await rm(path, { force: true });
    },
    repair: async () => {
      const text = await read();
      if (text === undefined || stateOf(text) !== 'ours') return;
      const named = parseExec(parseDesktopEntry(text)?.get('Exec') ?? '') ?? [];
      // A line that somebody changed is somebody's wish.
      if (text !== entryText(named) || !named[0]?.startsWith('/')) return;
      const isGone = await Promise.all(named.filter((word) => word.startsWith('/')).map(isMissing));
      if (isGone.includes(true)) await write();
    },
  };
}

function entryText(command: readonly string[]): string {
  return desktopEntryText([
    ['Type', 'Application'],
    ['Version', '1.5'],
    ['Name', 'Stillpoint'],
    ['Comment', 'Makes backups on schedule'],
    ['Exec', execLine(command)],
    ['Icon', 'dev.stillpoint.Stillpoint'],
    ['Terminal', 'false'],
    ['StartupNotify', 'false'],
    ['X-GNOME-UsesNotifications', 'true'],
    [mark, 'true'],
  ]);
}

function stateOf(text: string | undefined): AutostartState {
  if (text === undefined) return 'absent';
  const entry = parseDesktopEntry(text);
  // A file of any content that is switched off keeps the app from beginning, whoever wrote it.
  if (entry?.get('Hidden') === 'true' || entry?.get('X-GNOME-Autostart-enabled') === 'false') return 'switched-off';
  return entry?.get(mark) === 'true' ? 'ours' : 'foreign';
}

function isMissing(path: string): Promise<boolean> {
  return access(path).then(
    () => false,
    () => true,
  );
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
  throw error;
}

function notOurs(path: string): StillpointError {
  return new StillpointError({
    kind: 'bad-input',
    message: `${path} was not written by Stillpoint.`,
    guidance: 'Remove it, or switch it on in the desktop’s own settings.',
    field: 'startAtLogin',
  });
}
