import { join } from 'node:path';

/** Where this app keeps its own files, after the XDG Base Directory Specification. */
export interface AppFolders {
  /** Settings and secrets: worth a backup. */
  readonly config: string;
  /** The catalog: can be deleted at any time. */
  readonly data: string;
  /** Run logs, the helper's log, the window's place, what the browser inside keeps. */
  readonly state: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The specification says to ignore values that are not absolute. */
export function appFolders(environment: Environment, home: string): AppFolders {
  const base = (name: string, fallback: string): string => {
    const value = environment[name];
    return join(value?.startsWith('/') ? value : join(home, fallback), 'stillpoint');
  };
  return {
    config: base('XDG_CONFIG_HOME', '.config'),
    data: base('XDG_DATA_HOME', '.local/share'),
    state: base('XDG_STATE_HOME', '.local/state'),
  };
}
