import { noCare } from '../../../shared/domain/care.ts';
import type { RepositoryId, RunId } from '../../../shared/domain/ids.ts';
import type { RunView } from '../../../shared/ipc/runs.ts';
import { type CareScript, playCare } from '../live-care.ts';
import { instantOf } from '../model/runs.ts';
import { day, type World } from '../model/world.ts';
import { fail, type Handlers } from './handlers.ts';

type Report = Awaited<ReturnType<NonNullable<Handlers['repositories.report']>>>;
type Measured = Awaited<ReturnType<NonNullable<Handlers['repositories.statistics']>>>;

const GiB = 1024 ** 3;
const reports = new Map<RunId, Report>();
const measured = new Map<RepositoryId, Measured>();

/** What is done for a repository now and then. */
export const careHandlers: Handlers = {
  'repositories.check': ({ id, readData, share }, stage) => {
    const phase = readData
      ? share
        ? ('check-share' as const)
        : ('check-data' as const)
      : ('check-structure' as const);
    const { snapshots, name, care } = repositoryOf(id, stage.world);
    const all = care.lastCheck?.checked?.allBytes ?? 21 * GiB;
    const of = share?.of ?? null;
    const bytes = readData ? (of === null ? all : Math.round(all / of)) : 0;
    const part = of === null ? null : ((care.lastCheck?.checked?.part ?? 0) % of) + 1;
    const isDamaged = care.damage !== null && readData && share === undefined;
    const text = readData
      ? part === null
        ? 'all data read and compared'
        : `part ${part} of ${of} read`
      : 'structure only, data not read';
    return playCare(
      {
        ...{ kind: 'check', title: `Check ${name}`, repositoryId: id, phases: [phase], snapshots },
        bytes: readData ? bytes : null,
        end: isDamaged
          ? damagedEnd(stage.world)
          : { outcome: 'done', summary: `No damage found in ${snapshots} snapshots, 1340 packs (${text}).` },
        onEnd: (runId) => {
          const what = readData ? (part === null ? ('all' as const) : ('share' as const)) : ('structure' as const);
          const checked = { what, part, of, snapshots, bytes, allBytes: readData ? all : null };
          const outcome = isDamaged ? ('damaged' as const) : ('clean' as const);
          const lastCheck = { runId, at: stage.now(), outcome, checked, planned: false };
          const verified =
            what === 'structure'
              ? care.verified
              : {
                  share: Math.min(1, (care.verified?.share ?? 0) + bytes / all),
                  since: care.verified?.since ?? stage.now(),
                };
          setCare(id, stage.world, { lastCheck, verified });
        },
      },
      stage,
    );
  },
  'repositories.setCarePlan': ({ id, plan }, { world, emit, now }) => {
    setCare(id, world, { plan, nextCheckAt: plan === null ? null : now() + 7 * day, heldBack: null });
    emit({ type: 'changed', topics: ['repositories'] });
    return repositoryOf(id, world).care;
  },
  'repositories.prune': ({ id, dryRun }, stage) => {
    const { snapshots } = repositoryOf(id, stage.world);
    const figures = {
      ...{ packs: 1340, bytes: 21 * GiB, neededBytes: 18.2 * GiB, deletePacks: 96, deleteBytes: Math.round(1.5 * GiB) },
      ...{ repackPacks: 71, repackBytes: Math.round(1.1 * GiB), newPacks: 12, newBytes: Math.round(0.2 * GiB) },
      ...{ freedBytes: Math.round(2.4 * GiB), remainingBytes: Math.round(0.4 * GiB) },
    };
    return playCare(
      {
        ...{ kind: 'forget', title: dryRun ? 'Look what could be given back' : 'Give back unused space' },
        ...{ repositoryId: id, phases: dryRun ? ['open', 'scan'] : ['open', 'scan', 'repack'], snapshots },
        bytes: dryRun ? null : Math.round(2.8 * GiB),
        note: 'Documents is being backed up to it; waiting until that has ended.',
        end: dryRun
          ? { outcome: 'done', summary: 'Would delete 96 packs.' }
          : { outcome: 'done', summary: '2.4 GiB given back, 205 MiB written again for it.' },
        onEnd: (runId) =>
          reports.set(runId, { kind: 'prune', dryRun, figures: { ...figures, neededBytes: Math.round(18.2 * GiB) } }),
      },
      stage,
    );
  },
  'repositories.repair': ({ id, dryRun, wish }, stage) =>
    playCare(
      {
        ...{ kind: 'repair', title: 'Repair', repositoryId: id, phases: ['open', 'scan', 'repair'], snapshots: 214 },
        bytes: null,
        end: { outcome: 'done', summary: dryRun ? 'Looked, nothing was changed.' : 'Repaired.' },
        onEnd: (runId) => reports.set(runId, repairReport(wish.what, dryRun)),
      },
      stage,
    ),
  'repositories.copy': ({ id, snapshotIds }, stage) =>
    playCare(
      {
        ...{ kind: 'copy', title: 'Copy', repositoryId: id, phases: ['open', 'copy'], snapshots: 214 },
        bytes: 12 * GiB,
        end: { outcome: 'done', summary: `${snapshotIds.length || 214} snapshots copied.` },
        onEnd: (runId) =>
          reports.set(runId, {
            kind: 'copy',
            report: {
              ...{ copied: [], copiedTotal: snapshotIds.length || 214, known: 12, failed: [], failedTotal: 0 },
              ...{ bytes: 12 * GiB, bytesStored: Math.round(9.4 * GiB) },
            },
          }),
      },
      stage,
    ),
  'repositories.report': ({ runId }) => reports.get(runId) ?? null,
  'repositories.statistics': async ({ id, measure }, stage) => {
    if (!measure) return measured.get(id) ?? null;
    const total = repositoryOf(id, stage.world).snapshots;
    for (const share of [0.1, 0.4, 0.8]) {
      stage.emit({ type: 'measuring', repositoryId: id, done: Math.round(total * share), total });
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    const found = { at: stage.now(), statistics: statisticsOf(id, stage.world) };
    measured.set(id, found);
    return found;
  },
  'repositories.setLimits': ({ id, limits }, { world, emit }) => {
    world.repositories = world.repositories.map((repository) =>
      repository.id === id ? { ...repository, limits } : repository,
    );
    emit({ type: 'changed', topics: ['repositories'] });
    return repositoryOf(id, world);
  },
};

function repositoryOf(id: RepositoryId, world: World): World['repositories'][number] {
  const found = world.repositories.find((repository) => repository.id === id);
  if (found === undefined) throw fail('unknown-repository', 'There is no such repository.', 'Refresh the window.');
  return found;
}

function setCare(id: RepositoryId, world: World, changes: Partial<typeof noCare>): void {
  world.repositories = world.repositories.map((repository) =>
    repository.id === id ? { ...repository, care: { ...noCare, ...repository.care, ...changes } } : repository,
  );
}

function damagedEnd(world: World): CareScript['end'] {
  const before = world.runs.find(({ kind, outcome }) => kind === 'check' && outcome === 'failed');
  return {
    outcome: 'failed',
    summary: before?.summary ?? 'Damage found.',
    warnings: before?.warnings ?? ([] as RunView['warnings']),
    warningsTotal: before?.warningsTotal ?? 0,
  };
}

const losses = [{ where: '2e5f1c88:/home/mika/Documents/taxes/2024.pdf', text: 'a piece of it is nowhere else' }];

function repairReport(what: 'index' | 'packs' | 'snapshots', dryRun: boolean): Report {
  if (what === 'index') {
    return {
      kind: 'repair-index',
      dryRun,
      report: {
        ...{ isNeeded: false, isDone: false, packs: 1340, blobs: 120_422, damagedFiles: [], damagedFilesTotal: 0 },
        ...{ added: 0, corrected: 0, missing: [], missingTotal: 0, damagedPacks: [], damagedPacksTotal: 0 },
        ...{ losses: [], lossesTotal: 0 },
      },
    };
  }
  if (what === 'packs') {
    const damaged = [{ pack: 'c'.repeat(64), why: 'a piece of it does not open', saved: 212, gone: 2 }];
    return {
      kind: 'repair-packs',
      dryRun,
      report: { isDone: !dryRun, packsRead: 1340, damaged, damagedTotal: 1, losses, lossesTotal: 1 },
    };
  }
  return {
    kind: 'repair-snapshots',
    dryRun,
    report: { isDone: !dryRun, looked: 214, damaged: [], damagedTotal: 0, unreadable: [] },
  };
}

/** Figures that follow from the snapshots on the timeline. */
function statisticsOf(id: RepositoryId, world: World): NonNullable<Measured>['statistics'] {
  const marks = world.lanes
    .flatMap(({ snapshots }) => snapshots)
    .filter(({ repositoryId }) => repositoryId === id)
    .toSorted((a, b) => a.time - b.time);
  const snapshots = marks.map((mark) => ({
    ...{
      id: mark.id,
      time: instantOf(mark.time),
      logicalBytes: mark.bytes ?? GiB,
      files: mark.files ?? 1000,
      folders: 90,
    },
    ...{ onlyBytes: Math.round((mark.newBytes ?? 0) / 3), newBytes: mark.newBytes ?? 31 * 1024 ** 2, isWhole: true },
  }));
  const sum = (some: readonly number[]): number => some.reduce((all, one) => all + one, 0);
  const storedBytes = sum(snapshots.map(({ newBytes }) => newBytes));
  const unusedBytes = Math.round(storedBytes * 0.13);
  return {
    snapshots: snapshots.slice(-10_000),
    snapshotsTotal: snapshots.length,
    unreadableSnapshots: 0,
    packs: Math.ceil(storedBytes / (16 * 1024 ** 2)),
    packBytes: storedBytes + unusedBytes,
    otherBytes: Math.round(storedBytes * 0.004),
    blobs: 120_422,
    treeBlobs: 9_310,
    logicalBytes: sum(snapshots.map(({ logicalBytes }) => logicalBytes)),
    uniqueBytes: Math.round(storedBytes * 1.42),
    storedBytes,
    compressionRatio: 1.42,
    unusedBytes,
    unusedBlobs: 8_021,
    duplicateBytes: 0,
    unlistedBytes: 0,
  };
}
