import { accountOf } from './authority/accounts.ts';
import { authorityFor } from './authority/authority.ts';
import { callerOf } from './authority/caller.ts';
import { polkitConsent } from './authority/polkit-consent.ts';
import { openRegistry } from './authority/registry.ts';
import { composeHelper } from './compose.ts';
import { directoriesFor } from './directories.ts';
import { createHandlers } from './handlers.ts';
import { serve } from './server/server.ts';
import { version } from './version.ts';

// The helper: frames on standard input and output, its log on standard error. It takes no arguments: whoever may start
// it as root must not be able to tell it where to look.

const log = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

process.umask(0o077);
// A terminal's Ctrl+C and a session's end reach the app, which ends us by closing our input: a run is then put in order.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});

const uid = process.geteuid?.() ?? 0;
const gid = process.getegid?.() ?? 0;
const caller = callerOf({ uid, gid }, process.env, (id) => accountOf(id)?.gid ?? null);
const account = accountOf(caller.uid) ?? { name: String(caller.uid), ...caller, home: process.env.HOME ?? '/' };
const directories = directoriesFor(caller, account.home, process.env);
const context = composeHelper({
  caller,
  account,
  registry: openRegistry(directories.registryFile),
  directories,
  program: process.argv[1] ?? '',
  // Whoever may start it without a question may start it over and over.
  paceFolder: caller.elevatedFor ? '/run/stillpoint/pace' : undefined,
  // Whose rights are more than the caller's is not told by the caller where the system's services are.
  systemBus: { address: caller.elevatedFor ? undefined : process.env.DBUS_SYSTEM_BUS_ADDRESS },
});
// What cannot be cleaned up must not keep everything else from being done.
const recovered = await context.restores.recover().catch((error: unknown) => [`not looked after: ${String(error)}`]);
for (const line of recovered) log(`restore: ${line}`);
const leftovers = await context.removeLeftovers();
for (const name of leftovers.removed) log(`snapshot ${name} of a run that crashed: removed`);
for (const { mark, reason } of leftovers.kept) log(`snapshot ${mark} of a run that crashed: kept, ${reason}`);
for (const line of await context.hooks.thawLeftovers()) log(`hooks: ${line}`);
const authority = authorityFor(caller, polkitConsent(caller, process.ppid));

await serve({
  input: process.stdin,
  output: process.stdout,
  handlers: createHandlers(context),
  authority,
  version,
  log,
});
context.sessions.close();
// Nothing is under way any more: every run has ended and given back what it held.
process.exit(0);
