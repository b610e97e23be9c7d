import { homedir, userInfo } from 'node:os';
import type { HelperCommandName, HelperEvent, HelperParams, HelperResult } from '../../shared/helper/contract.ts';
import { accountOf } from './authority/accounts.ts';
import { memoryRegistry, openRegistry, type Registry } from './authority/registry.ts';
import { composeHelper } from './compose.ts';
import { directoriesFor } from './directories.ts';
import { createHandlers } from './handlers.ts';
import { dispatch } from './server/dispatch.ts';
import type { HelperService } from './server/service.ts';

export interface LocalHelperOptions {
  /** `for-this-process`: what a command registers is forgotten with it, and what is registered is still known. */
  readonly registration: 'kept' | 'for-this-process';
}

/** The helper inside this process, with this user's own rights: what the command line works with. */
export function localHelper(options: LocalHelperOptions): HelperService {
  const uid = process.getuid?.() ?? 0;
  const gid = process.getgid?.() ?? 0;
  const caller = { uid, gid, elevatedFor: false };
  const account = accountOf(uid) ?? { name: userInfo().username, uid, gid, home: homedir() };
  const directories = directoriesFor(caller, account.home, process.env);
  const kept = openRegistry(directories.registryFile);
  const registry = options.registration === 'kept' ? kept : layered(kept, memoryRegistry());
  const program = process.argv[1] ?? '';
  const systemBus = { address: process.env.DBUS_SYSTEM_BUS_ADDRESS };
  const context = composeHelper({ caller, account, registry, directories, program, systemBus });
  const handlers = createHandlers(context);
  // The kernel limits this process to its user's rights already.
  const authority = { require: async () => {} };
  /** Looked for once, by what makes new ones: most commands are over before a disk has been asked. */
  let leftovers: Promise<unknown> | undefined;
  const withoutLeftovers = (): Promise<unknown> => {
    leftovers ??= context.removeLeftovers();
    return leftovers;
  };
  return {
    async call<N extends HelperCommandName>(
      name: N,
      params: HelperParams<N>,
      { signal, onEvent }: { readonly signal?: AbortSignal; readonly onEvent?: (event: HelperEvent<N>) => void } = {},
    ): Promise<HelperResult<N>> {
      if (name === 'backup.run') await withoutLeftovers();
      const emit = (event: unknown): undefined => void onEvent?.(event as HelperEvent<N>);
      const call = { signal: signal ?? new AbortController().signal, emit };
      return (await dispatch(handlers, authority, { command: name, params }, call)) as HelperResult<N>;
    },
    close: async () => context.sessions.close(),
  };
}

/** Reads from both, newest first; changes go to `over` alone. */
function layered(under: Registry, over: Registry): Registry {
  const merge = <T extends { readonly id: string }>(first: readonly T[], second: readonly T[]): readonly T[] => [
    ...first,
    ...second.filter(({ id }) => !first.some((item) => item.id === id)),
  ];
  return {
    ...over,
    sources: (uid) => merge(over.sources(uid), under.sources(uid)),
    repositories: (uid) => merge(over.repositories(uid), under.repositories(uid)),
  };
}
