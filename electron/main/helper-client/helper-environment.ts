/** What the helper may know of our environment: where things are kept, the language, the time zone. No secret is here. */
const kept = [
  'DBUS_SYSTEM_BUS_ADDRESS',
  'HOME',
  'LANG',
  'LC_ALL',
  'LOGNAME',
  'PATH',
  'TMPDIR',
  'TZ',
  'USER',
  'XDG_CACHE_HOME',
  'XDG_CONFIG_HOME',
  'XDG_DATA_HOME',
  'XDG_RUNTIME_DIR',
  'XDG_STATE_HOME',
];

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * For a helper with the user's own rights: the list above, and `STILLPOINT_*`, which tests use. A helper with more
 * rights gets nothing of ours: `pkexec` and the installed program set its environment.
 */
export function helperEnvironment(ours: Environment): Record<string, string> {
  const names = [...kept, ...Object.keys(ours).filter((name) => name.startsWith('STILLPOINT_'))];
  return Object.fromEntries(
    names
      .map((name) => [name, ours[name]] as const)
      .filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
