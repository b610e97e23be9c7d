import type { Bridge, IpcAnswer, IpcMethodName, IpcParams } from '../../shared/ipc/contract.ts';
import type { AppEvent } from '../../shared/ipc/events.ts';

/** The two things a bridge needs from Electron: ask main, and hear from it. */
export interface BridgePort {
  ask(name: IpcMethodName, params: unknown): Promise<unknown>;
  /** Returns what stops the listening. */
  listen(listener: (event: AppEvent) => void): () => void;
}

/**
 * One function per contract method, each naming its own: a page that is taken over can ask for nothing that is not
 * listed here. Main validates every parameter again; nothing here is a check.
 */
export function makeBridge(port: BridgePort): Bridge {
  const method =
    <N extends IpcMethodName>(name: N) =>
    (params: IpcParams<N>): Promise<IpcAnswer<N>> =>
      port.ask(name, params) as Promise<IpcAnswer<N>>;

  return {
    app: {
      info: method('app.info'),
      requestRights: method('app.requestRights'),
      pickFolder: method('app.pickFolder'),
      openFolder: method('app.openFolder'),
      places: method('app.places'),
    },
    settings: {
      get: method('settings.get'),
      set: method('settings.set'),
    },
    catalog: {
      rebuild: method('catalog.rebuild'),
    },
    recovery: {
      sheet: method('recovery.sheet'),
    },
    sources: {
      list: method('sources.list'),
      preflight: method('sources.preflight'),
      add: method('sources.add'),
      update: method('sources.update'),
      setPolicy: method('sources.setPolicy'),
      excludeSizes: method('sources.excludeSizes'),
      remove: method('sources.remove'),
    },
    repositories: {
      list: method('repositories.list'),
      probe: method('repositories.probe'),
      create: method('repositories.create'),
      adopt: method('repositories.adopt'),
      unlock: method('repositories.unlock'),
      remove: method('repositories.remove'),
      keys: method('repositories.keys'),
      removeKey: method('repositories.removeKey'),
      changePassword: method('repositories.changePassword'),
      freeable: method('repositories.freeable'),
      reclaim: method('repositories.reclaim'),
      eject: method('repositories.eject'),
      check: method('repositories.check'),
      setCarePlan: method('repositories.setCarePlan'),
      prune: method('repositories.prune'),
      repair: method('repositories.repair'),
      copy: method('repositories.copy'),
      report: method('repositories.report'),
      statistics: method('repositories.statistics'),
      setLimits: method('repositories.setLimits'),
    },
    backup: {
      start: method('backup.start'),
    },
    runs: {
      cancel: method('runs.cancel'),
      list: method('runs.list'),
      get: method('runs.get'),
      log: method('runs.log'),
    },
    timeline: {
      get: method('timeline.get'),
    },
    stillPoints: {
      trialState: method('stillPoints.trialState'),
      tryOut: method('stillPoints.tryOut'),
      cancelTrial: method('stillPoints.cancelTrial'),
      skipTrial: method('stillPoints.skipTrial'),
      hooks: method('stillPoints.hooks'),
    },
    snapshots: {
      details: method('snapshots.details'),
      tree: method('snapshots.tree'),
      readText: method('snapshots.readText'),
      saveFileAs: method('snapshots.saveFileAs'),
      diff: method('snapshots.diff'),
      setPinned: method('snapshots.setPinned'),
      remove: method('snapshots.remove'),
      verify: method('snapshots.verify'),
      saveProof: method('snapshots.saveProof'),
    },
    search: {
      files: method('search.files'),
      versions: method('search.versions'),
    },
    restore: {
      putBack: method('restore.putBack'),
      plan: method('restore.plan'),
      planEntries: method('restore.planEntries'),
      compareText: method('restore.compareText'),
      start: method('restore.start'),
      undoable: method('restore.undoable'),
      undo: method('restore.undo'),
    },
    schedule: {
      state: method('schedule.state'),
      pause: method('schedule.pause'),
      allowStillPoints: method('schedule.allowStillPoints'),
      quiet: method('schedule.quiet'),
    },
    keep: {
      plan: method('keep.plan'),
    },
    alerts: {
      list: method('alerts.list'),
      save: method('alerts.save'),
      remove: method('alerts.remove'),
      test: method('alerts.test'),
    },
    events: {
      subscribe: (listener) => port.listen(listener),
    },
  };
}
