import type { RepositoryId } from '../../../../shared/domain/ids.ts';
import type { PlaceCredentials } from '../../../../shared/domain/location.ts';
import { machineZone } from '../../../schedule/index.ts';
import { checkJob } from '../../jobs/check-job.ts';
import { copyJob } from '../../jobs/copy-job.ts';
import { pruneJob } from '../../jobs/prune-job.ts';
import { reclaimJob } from '../../jobs/reclaim-job.ts';
import { repairJob } from '../../jobs/repair-job.ts';
import type { HandlersOf } from '../handlers.ts';
import type { Services } from '../services.ts';

type Needs = Pick<
  Services,
  | 'access'
  | 'announce'
  | 'care'
  | 'catalog'
  | 'checks'
  | 'drawn'
  | 'indexing'
  | 'measurements'
  | 'passwords'
  | 'registryChanged'
  | 'report'
  | 'reports'
  | 'runs'
  | 'schedule'
  | 'sync'
  | 'unplug'
  | 'views'
>;

export function repositoryHandlers(services: Needs): HandlersOf<'repositories'> {
  const {
    access,
    announce,
    care,
    catalog,
    checks,
    drawn,
    indexing,
    measurements,
    passwords,
    registryChanged,
    report,
    reports,
    runs,
    schedule,
    sync,
    unplug,
    views,
  } = services;

  /** Its password is known now: keep it as asked, and read what is in it, without keeping the window waiting. */
  const opened = async (
    id: RepositoryId,
    password: string,
    remember: boolean,
    credentials?: PlaceCredentials,
  ): Promise<void> => {
    await passwords.remember(id, password, remember, credentials);
    announce(['repositories', 'sources']);
    schedule.poke('password-given');
    void sync
      .repository(id)
      .then(() => indexing.kick())
      .catch((error) => report('reading a repository', error));
  };

  return {
    'repositories.list': () => views.repositories(),
    'repositories.probe': (params) => access.call('repositories.probe', params),
    'repositories.create': async ({ remember, ...params }) => {
      const repository = await access.call('repositories.create', params);
      registryChanged();
      await opened(repository.id, params.password, remember, params.credentials);
      return repository;
    },
    'repositories.adopt': async ({ remember, ...params }) => {
      const repository = await access.call('repositories.adopt', params);
      registryChanged();
      await opened(repository.id, params.password, remember, params.credentials);
      return repository;
    },
    'repositories.unlock': async ({ id, password, credentials, remember }) => {
      const known = await access.unlock(id, password, credentials);
      await opened(id, known, remember, credentials);
      return {};
    },
    'repositories.remove': async ({ id }) => {
      await access.call('repositories.remove', { id });
      registryChanged(id);
      await passwords.forget(id);
      await care.forget(id);
      measurements.forget(id);
      const remaining = await access.list();
      await catalog.keepRepositories(remaining.map((repository) => repository.id));
      announce(['repositories', 'sources', 'timeline']);
      return {};
    },
    'repositories.keys': (params) => access.call('repositories.keys', params),
    'repositories.removeKey': async (params) => {
      await access.call('repositories.removeKey', params);
      announce(['repositories']);
      return {};
    },
    'repositories.changePassword': async ({ id, password, newPassword }) => {
      await access.call('repositories.changePassword', { id, password, newPassword });
      await passwords.remember(id, newPassword, passwords.isRemembered(id));
      announce(['repositories']);
      return {};
    },
    'repositories.freeable': ({ id }) => access.call('repositories.freeable', { id, zone: machineZone() }),
    'repositories.reclaim': async ({ id, snapshotIds }) => {
      const { name } = await access.requireReady(id);
      return { runId: runs.start(reclaimJob(access, id, name, snapshotIds)) };
    },
    'repositories.eject': ({ id }) => unplug.eject(id),
    'repositories.check': async ({ id, ...wish }) => {
      const { name } = await access.requireReady(id);
      return { runId: runs.start(checkJob(access, id, name, wish, (check) => care.made(id, check))) };
    },
    'repositories.setCarePlan': async ({ id, plan }) => {
      await access.registered(id);
      await care.setPlan(id, plan);
      announce(['repositories']);
      void checks.look();
      return care.of(id, (await drawn.get()).damages);
    },
    'repositories.prune': async ({ id, dryRun, limits }) => {
      const { name } = await access.requireReady(id);
      return { runId: runs.start(pruneJob({ access, reports }, { id, name, dryRun, limits })) };
    },
    'repositories.repair': async ({ id, dryRun, wish }) => {
      const { name } = await access.requireReady(id);
      return { runId: runs.start(repairJob({ access, reports }, { id, name, dryRun, wish })) };
    },
    'repositories.copy': async ({ id, fromId, snapshotIds }) => {
      const [to, from] = [await access.requireReady(id), await access.requireReady(fromId)];
      return { runId: runs.start(copyJob({ access, reports }, { to, from, snapshotIds })) };
    },
    'repositories.report': async ({ runId }) => reports.get(runId),
    'repositories.statistics': ({ id, measure }) => (measure ? measurements.measure(id) : measurements.known(id)),
    'repositories.setLimits': async ({ id, limits }) => {
      const limited = await access.call('repositories.setLimits', { id, limits });
      registryChanged();
      announce(['repositories']);
      return limited;
    },
  };
}
