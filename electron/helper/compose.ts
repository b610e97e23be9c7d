import { closeSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SourceId } from '../../shared/domain/ids.ts';
import { localZone } from '../../shared/domain/keep/wall-clock.ts';
import { type FilesystemSpec, placesOf, type Source } from '../../shared/domain/source.ts';
import { msToInstant } from '../../shared/domain/time.ts';
import type { Account } from './authority/accounts.ts';
import { identityOf } from './authority/accounts.ts';
import type { Caller } from './authority/caller.ts';
import type { Registry } from './authority/registry.ts';
import { openScheduleConsent } from './authority/schedule-consent.ts';
import { noStartRule, startRuleFor } from './authority/start-rule.ts';
import { writeDurably } from './authority/write-durably.ts';
import type { HelperContext } from './commands/context.ts';
import { ownPlaces } from './commands/own-places.ts';
import { openBegunLooks } from './commands/repositories/begun-looks.ts';
import { openCheckTurns } from './commands/repositories/check-turns.ts';
import { Places } from './commands/repositories/places.ts';
import { RepositorySessions } from './commands/repositories/sessions.ts';
import type { Directories } from './directories.ts';
import { PublishedTrees } from './pipeline/published-trees.ts';
import {
  createBtrfsSnapshot,
  createFsfreezeCopy,
  createGroupLive,
  createGroupPrecopy,
  createHooks,
  createJournal,
  createLive,
  createLvmSnapshot,
  createPrecopyFreeze,
  createRootHold,
  createTrackers,
  createZfsSnapshot,
  FreezePace,
  methodsByKind,
  newHotFileWatches,
  openTrialBook,
  QuietRecorder,
  removeLeftovers,
  rulesText,
  SleepGate,
  StaticWindows,
  sharedMemory,
  systemSleep,
} from './quiesce/index.ts';
import { pause } from './quiesce/pause.ts';
import { processEnvironment } from './repository/index.ts';
import { createFilesystemRestore, snapshotSourceOf } from './restore/index.ts';
import {
  createFilesystemSource,
  createGroupSource,
  type FilesystemFacts,
  type SourceFacts,
  sourcesOf,
} from './sources/index.ts';
import { processAbilities } from './system/capabilities.ts';
import { diskUse } from './system/disk-use.ts';
import { identityFileOps, plainFileOps } from './system/file-ops.ts';
import { asIdentity, type Identity } from './system/identity.ts';
import { keepAwake } from './system/inhibitor.ts';
import { machineConditions } from './system/machine-conditions.ts';
import { deviceNumber, listMounts } from './system/mounts.ts';
import { openVerifiedProgram } from './system/spawn-verified.ts';
import { type ProgramUser, startPiped } from './system/start-program.ts';
import type { SystemBus } from './system/system-bus.ts';
import { version } from './version.ts';
import { checkThreads } from './workers/check-threads.ts';
import { crunchThreads } from './workers/crunch-threads.ts';
import { repositoryFileOps } from './workers/repository-file-ops.ts';
import { restoreThreads } from './workers/restore-threads.ts';
import { scryptThreads } from './workers/scrypt-threads.ts';
import { ThreadedPlace } from './workers/threaded-place.ts';

export interface Composition {
  readonly caller: Caller;
  readonly account: Account;
  readonly registry: Registry;
  readonly directories: Directories;
  /** The file that was started; the guard lies at `../native` beside its folder, in the tree and where installed. */
  readonly program: string;
  /** Where polkit reads an administrator's rules; elsewhere in tests. */
  readonly polkitRules?: string;
  /** Where the system's services are asked; elsewhere in tests. */
  readonly systemBus?: SystemBus;
  /** Where helpers of one user tell each other when a filesystem was held last; without it each knows its own freezes. */
  readonly paceFolder?: string | undefined;
  /** The folder of hooks; elsewhere in tests. */
  readonly hooksFolder?: string;
  readonly kdf?: 'default' | 'test';
}

/** Puts the stages together: which kinds of source, which methods, in whose name files are touched. */
export function composeHelper(composition: Composition): HelperContext {
  const { caller, account, registry, directories, systemBus } = composition;
  const identity = caller.elevatedFor ? identityOf(account) : null;
  const files = identity === null ? plainFileOps : identityFileOps(identity);
  const asCaller = <T>(work: () => T): T => (identity === null ? work() : asIdentity(identity, work));
  const own = () => ownPlaces(directories.own, registry.repositories(caller.uid));
  const guardBinary = join(dirname(composition.program), '../native/stillpoint-guard');
  const author = { hostname: processEnvironment().hostname, username: account.name, uid: caller.uid, gid: caller.gid };
  const environment = { ...processEnvironment(), ...author };
  // Changes of a source are followed from its first backup on, for as long as this helper lives.
  const trackers = createTrackers();
  // What is told between two backups says also when a source was quiet.
  const windows = new StaticWindows({ directory: join(dirname(directories.restores), 'quiet-times') });
  const recorder = new QuietRecorder({
    windows,
    sourcesOf: (spec) => registeredAs(registry.sources(caller.uid), spec),
    groupsOf: (spec) => registeredWith(registry.sources(caller.uid), spec),
  });
  const journal = createJournal({ trackers, own, onDrained: (source, atMs) => recorder.drained(source, atMs) });
  const filesystem = createFilesystemSource({ files, knownCounts: (source) => journal.countsOf(source) });
  const sources = sourcesOf({ filesystem, group: createGroupSource(filesystem) });
  const programPlaces = [process.execPath, dirname(composition.program)];
  makeReady(directories.scratch);
  const root = createRootHold({
    programPlaces,
    // Beside the registry, and as well kept: root's own where the helper is root.
    trials: openTrialBook(join(dirname(directories.registryFile), 'freeze-trials.json'), writeDurably),
    probeFolder: directories.scratch,
  });
  const watches = newHotFileWatches({ guardBinary });
  const holding = {
    ...{ root, trackers, journal },
    hotFiles: (facts: FilesystemFacts) => watches.watchFor(facts),
    ...{ guardBinary, scratchDirectory: directories.scratch, own, programPlaces },
    onlyDirectPlaces: caller.elevatedFor,
    ...{ pace: paceOf(composition.paceFolder), sleep: new SleepGate(systemSleep(systemBus)) },
  };
  const atomic = {
    recordsFolder: directories.snapshotRecords,
    ...{ onlyDirectPlaces: holding.onlyDirectPlaces, pace: holding.pace, sleep: holding.sleep },
  };
  const live = createLive();
  const methodsFor = methodsByKind({
    filesystem: [
      createBtrfsSnapshot(atomic),
      createLvmSnapshot(atomic),
      createZfsSnapshot(atomic),
      createPrecopyFreeze(holding),
      createFsfreezeCopy(holding),
      live,
    ],
    group: [createGroupPrecopy(holding), createGroupLive(live)],
  });
  // Beside the journals of restores: what is to be put in order at the next start.
  const hooks = createHooks({
    recordsFolder: join(dirname(directories.restores), 'hooks'),
    ...(composition.hooksFolder === undefined ? {} : { folder: composition.hooksFolder }),
  });
  const sessions = new RepositorySessions({
    registry,
    callerUid: caller.uid,
    places: new Places({
      fileOps: repositoryFileOps(identity),
      asCaller,
      remotePorts: {
        startProgram: (name, args) => startPiped(name, args, programUser(account, identity)),
        readText: (path) => asCaller(() => readFileSync(path, 'utf8')),
      },
      limitsOf: (id) => registry.repositories(caller.uid).find((each) => each.id === id)?.limits ?? [],
      onThreads: (local) => new ThreadedPlace(local, { root: local.location, identity }),
    }),
    asCaller,
    environment,
    kdf: composition.kdf ?? 'default',
    startCrunching: crunchThreads({ identity }),
    startInspecting: checkThreads(),
    mixOnThreads: scryptThreads(),
  });
  const scheduleConsent = openScheduleConsent(
    directories.scheduleConsentFile,
    account.name,
    caller.elevatedFor ? startRuleFor(account.name, composition.polkitRules) : noStartRule,
  );
  makeReady(directories.restores);
  const restores = createFilesystemRestore({
    repository: async (id) => snapshotSourceOf(await sessions.opened(id)),
    ops: files,
    actor: identity ?? { uid: caller.uid, gid: caller.gid, groups: process.getgroups?.() ?? [] },
    ownPaths: () => own().paths,
    stateDirectory: directories.restores,
    now: () => msToInstant(Date.now()),
    startHands: restoreThreads({ identity }),
  });
  return {
    caller,
    registry,
    asCaller,
    own,
    sessions,
    checkTurns: openCheckTurns(join(dirname(directories.restores), 'check-turns.json'), writeDurably),
    begunLooks: openBegunLooks(join(dirname(directories.restores), 'begun-looks'), writeDurably),
    restores,
    scheduleConsent,
    sources,
    machineConditions: () => machineConditions(systemBus),
    stages: {
      examine: (spec, signal, counting = 'now') => sources.examine(spec, { own: own(), signal, counting }),
      methodsFor: (facts) => methodsFor(facts).map((method) => recorder.beside(method)),
      kernel: processAbilities().kernel.release,
      version,
      author,
      publishedTrees: new PublishedTrees(),
      keepAwake: () => keepAwake('A backup is under way', systemBus),
      mayScheduledHold: () => scheduleConsent.isGiven,
      holdConditions: {
        now: Date.now,
        zone: localZone,
        onMains: async () => (await machineConditions(systemBus)).onMains,
        diskUse: diskUseOf,
        pause,
      },
      hooks,
    },
    hooks,
    root: { ...root, tryOut: (...all) => recorder.during(() => root.tryOut(...all)) },
    holding,
    quiet: { windows, recorder },
    removeLeftovers: () => removeLeftovers(atomic),
    guardProblem: problemOfGuard(guardBinary),
  };
}

/** Programs that reach a repository see the settings of whom it belongs to, and have no more rights. */
function programUser({ name, home }: Account, identity: Identity | null): ProgramUser {
  if (identity !== null) return { name, home, ids: { uid: identity.uid, gid: identity.gid } };
  return { name, home, agent: process.env.SSH_AUTH_SOCK };
}

/** Of what the mounts of a source lie on themselves: what is below them is at work when they are. The busiest counts. */
function diskUseOf({ mountPoint, mountPoints = [mountPoint] }: SourceFacts): (() => number) | undefined {
  const mounts = listMounts();
  const uses = mountPoints.flatMap((place) => {
    const mount = mounts.findLast((each) => each.mountPoint === place);
    return mount === undefined ? [] : (diskUse(deviceNumber(mount)) ?? []);
  });
  return uses.length === 0 ? undefined : () => Math.max(...uses.map((use) => use()));
}

/** A folder can be protected more than once, with snapshots in several repositories. */
function registeredAs(sources: readonly Source[], spec: FilesystemSpec): SourceId[] {
  const rules = rulesText(spec);
  return sources.flatMap((source) =>
    source.spec.kind === 'filesystem' && rulesText(source.spec) === rules ? [source.id] : [],
  );
}

/** The same folder, with the same rules, can be one of the places of several groups. */
function registeredWith(sources: readonly Source[], spec: FilesystemSpec): { id: SourceId; places: string[] }[] {
  const rules = rulesText(spec);
  return sources.flatMap(({ id, spec: other }) => {
    const places = other.kind === 'group' ? placesOf(other).map(rulesText) : [];
    return places.includes(rules) ? [{ id, places }] : [];
  });
}

function paceOf(folder: string | undefined): FreezePace {
  return folder === undefined ? new FreezePace() : new FreezePace(undefined, undefined, sharedMemory(folder));
}

/** Where it cannot be made (a full disk, a folder of somebody else), whatever needs it says so when it does. */
function makeReady(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch {
    // A helper that does not start could tell nobody why.
  }
}

function problemOfGuard(path: string): string {
  try {
    closeSync(openVerifiedProgram(path));
    return '';
  } catch (error) {
    return `The program that ends a pause in any case cannot be used: ${error instanceof Error ? error.message : String(error)}`;
  }
}
