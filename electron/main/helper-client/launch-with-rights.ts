import { StillpointError } from '../../../shared/errors/index.ts';
import { isAllowedUnasked, startAction } from './allowed-unasked.ts';
import { type Launch, launchProgram } from './helper-process.ts';
import { installedPrefix, launcherOf, verifyInstalledCopy } from './installed-copy.ts';

/**
 * Why no rights were given, from how pkexec(1) ended: 126 is the person who closed the question; 127 is both a no and that
 * nobody could be asked, told apart by what it says (its words are not translated). Undefined when it was neither.
 */
export function whyNotGiven(code: number | null | undefined, said: string): 'refused' | 'nobody-asked' | undefined {
  if (code === 126) return 'refused';
  if (code !== 127) return undefined;
  return /not authorized/i.test(said) ? 'refused' : 'nobody-asked';
}

/** Whether there is an installed copy that nobody but root could have changed. */
export async function canAskForRights(): Promise<boolean> {
  return (await verifyInstalledCopy(launcherOf(installedPrefix))).trusted;
}

/**
 * Asks polkit, through `pkexec`, which shows its own question. The whole installed tree is looked at first: what a user
 * could have written is never started with more rights than the user has. Rejects with words.
 */
export async function prepareLaunchWithRights(environment: NodeJS.ProcessEnv): Promise<Launch> {
  const copy = await verifyInstalledCopy(installedPrefix);
  if (copy.trusted && (await canAskForRights())) return launchWithRights(environment);
  const isThere = !copy.trusted && copy.distrust !== 'missing';
  throw new StillpointError({
    kind: 'not-permitted',
    message: isThere
      ? `The installed helper cannot be trusted: ${copy.path} (${copy.distrust}).`
      : 'The helper that may hold filesystems still is not installed.',
    guidance: isThere
      ? 'Somebody other than the administrator could have changed it. Install Stillpoint anew.'
      : 'Install the package, or run the install step of the development tree as administrator.',
    context: copy.trusted ? {} : { path: copy.path, distrust: copy.distrust },
  });
}

/** Whether the helper with more rights would start now with nobody asked. */
export async function areRightsFree(): Promise<boolean> {
  return (await canAskForRights()) && (await isAllowedUnasked(startAction));
}

function launchWithRights(environment: NodeJS.ProcessEnv): Launch {
  const names = ['DBUS_SESSION_BUS_ADDRESS', 'DISPLAY', 'LANG', 'WAYLAND_DISPLAY', 'XAUTHORITY', 'XDG_RUNTIME_DIR'];
  const shown = names.flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return () =>
    launchProgram({
      file: '/usr/bin/pkexec',
      args: ['--disable-internal-agent', launcherOf(installedPrefix)],
      env: { PATH: '/usr/bin:/bin', ...Object.fromEntries(shown) },
    });
}
