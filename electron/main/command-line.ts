/**
 * Which helper to use. `auto`: with our own rights, more when asked for. `direct`: never more. `pkexec`: ask for more at
 * the start. `program`: another program that speaks the protocol, with our own rights.
 */
export type HelperChoice =
  | { readonly kind: 'auto' | 'direct' | 'pkexec' }
  | { readonly kind: 'program'; readonly path: string };

/** `--helper=auto|direct|pkexec|/path/to/program`; the last one counts, and what is none of these is `auto`. */
export function helperChoice(argv: readonly string[]): HelperChoice {
  const prefix = '--helper=';
  const value = argv.findLast((argument) => argument.startsWith(prefix))?.slice(prefix.length);
  if (value?.startsWith('/')) return { kind: 'program', path: value };
  return { kind: value === 'direct' || value === 'pkexec' ? value : 'auto' };
}

/** The switch with which a login starts the app: it makes backups, and shows no window until it is asked for. */
export const hiddenSwitch = '--hidden';

export function startsHidden(argv: readonly string[]): boolean {
  return argv.includes(hiddenSwitch);
}

/** A start that follows one which waited for the keyring: it was seen unlocked, or a person came. */
export const keyringSwitch = '--use-keyring';

/** The arguments of the start that takes the place of this one. */
export function argumentsWithKeyring(argv: readonly string[], hidden: boolean): string[] {
  const rest = argv.slice(1).filter((each) => each !== keyringSwitch && each !== hiddenSwitch);
  return [...rest, ...(hidden ? [hiddenSwitch] : []), keyringSwitch];
}
