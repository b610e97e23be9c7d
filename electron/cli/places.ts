import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where history is kept, the app's and ours: `XDG_STATE_HOME/stillpoint`. */
export interface Places {
  /** Journals, leases, the pause. */
  readonly schedule: string;
  /** Run logs. */
  readonly runs: string;
}

export function placesOf(environment: Readonly<Record<string, string | undefined>> = process.env): Places {
  const given = environment.XDG_STATE_HOME;
  // The specification says to ignore values that are not absolute.
  const state = join(given?.startsWith('/') ? given : join(homedir(), '.local/state'), 'stillpoint');
  return { schedule: join(state, 'schedule'), runs: join(state, 'runs') };
}
