import type { RepositoryId } from '../../../shared/domain/ids.ts';
import type {
  Checked,
  CheckShare,
  Repository as Registered,
  RepositoryStatus,
} from '../../../shared/domain/repository.ts';
import { specPaths } from '../../../shared/domain/source.ts';
import { msToInstant, nsToInstant } from '../../../shared/domain/time.ts';
import { checkRun } from '../pipeline/maintenance.ts';
import type { DataShare } from '../repository/index.ts';
import type { Handlers } from '../server/service.ts';
import { deviceNumber, mountOf } from '../system/mounts.ts';
import { spaceOf } from '../system/space.ts';
import type { HelperContext } from './context.ts';
import { probePlace } from './repositories/place.ts';
import { noPlace, placeFacts } from './repositories/place-facts.ts';
import { isNetwork, probeRemote } from './repositories/remote-place.ts';
import { run } from './run.ts';

type RepositoryHandlers = Omit<
  Pick<Handlers, Extract<keyof Handlers, `repositories.${string}`>>,
  | 'repositories.freeable'
  | 'repositories.reclaim'
  | 'repositories.want'
  | 'repositories.prune'
  | 'repositories.repairIndex'
  | 'repositories.repairPacks'
  | 'repositories.repairSnapshots'
  | 'repositories.copy'
  | 'repositories.statistics'
>;

export function repositoryHandlers(context: HelperContext): RepositoryHandlers {
  const { sessions } = context;
  return {
    'repositories.list': () => Promise.all(sessions.registered().map((registered) => statusOf(context, registered))),
    'repositories.probe': ({ location, credentials }) =>
      sessions.places.lookAt({ location, credentials }, (backend) =>
        location.kind === 'local'
          ? probePlace(location.path, backend, context.asCaller)
          : probeRemote(location, backend),
      ),
    'repositories.create': ({ name, location, credentials, password }) =>
      sessions.create(name, { location, credentials }, password),
    'repositories.adopt': ({ name, location, credentials, password, isForDataCheck }) =>
      sessions.adopt(name, { location, credentials }, password, isForDataCheck),
    'repositories.unlock': async ({ id, password, credentials, isForDataCheck }) => {
      await sessions.unlock(id, password, credentials, isForDataCheck);
      return {};
    },
    'repositories.forgetPassword': async ({ id }) => {
      sessions.forget(id);
      return {};
    },
    'repositories.remove': async ({ id }) => {
      sessions.remove(id);
      return {};
    },
    'repositories.setLimits': async ({ id, limits }) => sessions.setLimits(id, limits),
    'repositories.keys': async ({ id }) => {
      const keys = await (await sessions.opened(id)).keys.list();
      return keys.map(({ createdNs, ...key }) => ({ ...key, createdAt: nsToInstant(createdNs) }));
    },
    'repositories.addKey': async ({ id, password }) => {
      const keyId = await (await sessions.opened(id)).keys.add(password);
      await sessions.rememberKeys(id);
      return { keyId };
    },
    'repositories.removeKey': async ({ id, keyId }) => {
      await (await sessions.opened(id)).keys.remove(keyId);
      await sessions.rememberKeys(id);
      return {};
    },
    'repositories.changePassword': async ({ id, password, newPassword }) => {
      await sessions.changePassword(id, password, newPassword);
      return {};
    },
    'repositories.check': async ({ id, runId, readData, share: asked }, { signal, emit }) => {
      const findings: Awaited<ReturnType<typeof checkRun>>['findings'][number][] = [];
      let looked: Checked | null = null;
      const askedAt = msToInstant(Date.now());
      const share = readData && asked ? chosenPart(context, id, asked) : undefined;
      const all = share ? `Check part ${share.part} of ${share.of} of the data` : 'Check all data';
      const title = readData ? all : 'Check the structure';
      const result = await run(
        { runId, kind: 'check', sourceId: null, repositoryId: id, askedAt, title },
        emit,
        async (report) => {
          const checked = await checkRun(await sessions.opened(id), { runId, readData, share }, report, signal);
          if (share && asked?.part === 'next') context.checkTurns.done(id, share.of, share.part);
          findings.push(...checked.findings);
          looked = checked.checked;
          return checked.result;
        },
      );
      return { run: result, findings, checked: looked };
    },
  };
}

function chosenPart({ checkTurns }: HelperContext, id: RepositoryId, { part, of }: CheckShare): DataShare {
  return { part: part === 'next' ? checkTurns.next(id, of) : part, of };
}

async function statusOf(context: HelperContext, registered: Registered): Promise<RepositoryStatus> {
  const { sessions, registry, caller, asCaller } = context;
  const state = await sessions.state(registered);
  const nothing = { freeBytes: null, totalBytes: null, sameDiskSources: [], ...noPlace };
  if (state === 'waiting') return { ...registered, state, ...nothing, network: isNetwork(registered.location) };
  const { location } = registered;
  if (location.kind !== 'local') return { ...registered, state, ...nothing, network: isNetwork(location) };
  try {
    const { path } = location;
    const { space, mount } = asCaller(() => ({ space: spaceOf(path), mount: mountOf(path) }));
    const device = deviceNumber(mount);
    const sources = registry.sources(caller.uid).filter(({ policy }) => policy.repositoryId === registered.id);
    const sameDiskSources = sources.filter(({ spec }) =>
      specPaths(spec).some((path) => asCaller(() => deviceOf(path)) === device),
    );
    return {
      ...registered,
      state,
      freeBytes: Number(space.available),
      totalBytes: Number(space.total),
      sameDiskSources: sameDiskSources.map(({ name }) => name),
      ...placeFacts(mount),
    };
  } catch {
    return { ...registered, state, ...nothing };
  }
}

/** Which filesystem a path is on; undefined when it is not there. */
function deviceOf(path: string): string | undefined {
  try {
    return deviceNumber(mountOf(path));
  } catch {
    return undefined;
  }
}
