import { describe, expect, it } from 'vitest';
import { catalogContract } from '../contract.ts';
import { memoryCatalog } from '../testing/memory-catalog.ts';
import {
  backupRun,
  evidence,
  foreign,
  otherRepositoryId,
  photos,
  quietObservation,
  repositoryId,
  runId,
  snapshotId,
  start,
  summary,
} from '../testing/samples.ts';

function filled(...summaries: ReturnType<typeof summary>[]) {
  const kit = memoryCatalog();
  kit.catalog.call('snapshots.sync', { repositoryId, snapshots: summaries });
  const mark = (n: number) => kit.catalog.call('snapshots.get', { repositoryId, snapshotId: snapshotId(n) })?.mark;
  const drawn = () => kit.catalog.call('snapshots.drawn', {}).snapshots;
  return { ...kit, mark, drawn };
}

describe('sync', () => {
  it('makes the catalog hold exactly what the repository lists', () => {
    const { catalog, drawn } = filled(summary(1), summary(2), foreign(3));
    expect(catalog.call('snapshots.sync', { repositoryId, snapshots: [summary(2), summary(4)] })).toEqual({
      added: 1,
      removed: 2,
    });
    expect(drawn().map(({ mark }) => mark.id)).toEqual([snapshotId(2), snapshotId(4)]);
    expect(catalog.call('snapshots.counts', {})).toEqual([{ repositoryId, snapshots: 2 }]);
  });

  it('touches no other repository', () => {
    const { catalog, drawn } = filled(summary(1));
    catalog.call('snapshots.sync', { repositoryId: otherRepositoryId, snapshots: [] });
    expect(drawn()).toHaveLength(1);
    catalog.call('snapshots.keepRepositories', { ids: [otherRepositoryId] });
    expect(drawn()).toHaveLength(0);
  });

  it('answers what its contract says', () => {
    const { catalog } = filled(summary(1), foreign(2));
    catalog.call('evidence.put', { repositoryId, snapshotId: snapshotId(1), evidence: evidence(1) });
    const drawn = catalog.call('snapshots.drawn', {});
    expect(catalogContract['snapshots.drawn'].result.parse(drawn)).toEqual(drawn);
    const details = catalog.call('snapshots.get', { repositoryId, snapshotId: snapshotId(1) });
    expect(catalogContract['snapshots.get'].result.parse(details)).toEqual(details);
  });

  it('keeps times to the microsecond', () => {
    const { mark } = filled(summary(1, { time: '2025-11-20T02:00:03.412678123Z' }));
    expect(mark(1)?.time).toBe(1763604003412.678);
  });
});

describe('a rewritten snapshot', () => {
  const pinned = summary(9, { runId: runId(1), time: summary(1).time, pinned: true, level: null, askedAt: null });

  it.each(['sync', 'replace'])('keeps what is known of it (%s)', (way) => {
    const { catalog, mark } = filled(summary(1));
    const key = { repositoryId, snapshotId: snapshotId(1) };
    catalog.call('evidence.put', { ...key, evidence: evidence(1) });
    catalog.call('files.add', {
      ...key,
      entries: [{ path: '/a', type: 'file', size: 1, modifiedAt: summary(1).time }],
    });
    catalog.call('files.finish', key);
    if (way === 'sync') catalog.call('snapshots.sync', { repositoryId, snapshots: [pinned] });
    else catalog.call('snapshots.replace', { ...key, by: pinned });
    expect(mark(1)).toBeUndefined();
    expect(mark(9)).toMatchObject({ pinned: true, level: 'filesystem', stallMs: 11.8, askedAt: start + 3_599_000 });
    expect(catalog.call('files.next', { repositoryId })).toBeNull();
    expect(catalog.call('evidence.missing', { repositoryId, limit: 9 })).toEqual([]);
  });

  it('is not doubled when the sync was faster', () => {
    const { catalog, drawn } = filled(summary(1), pinned);
    catalog.call('snapshots.replace', { repositoryId, snapshotId: snapshotId(1), by: pinned });
    catalog.call('snapshots.sync', { repositoryId, snapshots: [pinned] });
    expect(drawn().map(({ mark }) => mark.id)).toEqual([snapshotId(9)]);
  });
});

describe('evidence', () => {
  const withEvidence = (more: Parameters<typeof evidence>[1]) => {
    const kit = filled(summary(1));
    kit.catalog.call('evidence.put', { repositoryId, snapshotId: snapshotId(1), evidence: evidence(1, more) });
    return { ...kit, shown: kit.mark(1) };
  };

  it('is asked for once, newest first, and never for snapshots of other programs', () => {
    const { catalog } = filled(summary(1), foreign(2), summary(3));
    const missing = () => catalog.call('evidence.missing', { repositoryId, limit: 10 });
    expect(missing()).toEqual([snapshotId(3), snapshotId(1)]);
    catalog.call('evidence.put', { repositoryId, snapshotId: snapshotId(3), evidence: null });
    expect(missing()).toEqual([snapshotId(1)]);
  });

  it('adds what a list of snapshots does not tell, also to the summary', () => {
    const bare = summary(1, { sourceName: 'photos', files: null, bytes: null, newBytes: null, method: null });
    const { catalog } = filled(bare);
    const key = { repositoryId, snapshotId: snapshotId(1) };
    catalog.call('evidence.put', { ...key, evidence: evidence(1) });
    catalog.call('runs.put', { runs: [backupRun(1, [])] });
    const details = catalog.call('snapshots.get', key);
    const told = { files: 10, bytes: 1_000, newBytes: 100, method: 'precopy-freeze' };
    expect(details?.mark).toMatchObject(told);
    expect(details?.summary).toMatchObject({ ...told, sourceName: 'Photos' });
  });

  it('gives the quiesce window: from asking for the freeze until writers ran again', () => {
    const at = start + 3_600_000;
    expect(withEvidence({}).shown).toMatchObject({ level: 'filesystem', frozenAt: at, thawedAt: at + 12 });
  });

  it('lowers a level it does not earn, and never raises one', () => {
    const hold = evidence(1).hold;
    expect(withEvidence({ hold: hold && { ...hold, thawCause: 'deadline' } }).shown?.level).toBe('per-file');
    expect(withEvidence({ level: 'crash' }).shown?.level).toBe('crash');
  });

  it('that was not read yet earns nothing, whatever a tag says', () => {
    const { mark } = filled(summary(1, { level: 'application' }));
    expect(mark(1)?.level).toBeNull();
  });

  it('that is missing earns nothing', () => {
    const { catalog, mark } = filled(summary(1));
    catalog.call('evidence.put', { repositoryId, snapshotId: snapshotId(1), evidence: null });
    expect(mark(1)?.level).toBeNull();
  });

  it('draws a static window only where it shows that nothing was written', () => {
    const observation = quietObservation(1);
    const live = { hold: null, level: 'observed-static', method: 'live' } as const;
    const at = start + 3_600_000;
    expect(withEvidence({ ...live, observation }).drawn()[0]).toMatchObject({
      filesystem: 'ext4',
      staticBand: { from: at, to: at + 5_100 },
    });
    expect(
      withEvidence({ ...live, observation: { ...observation, differences: 1 } }).drawn()[0]?.staticBand,
    ).toBeNull();
  });
});

describe('verified', () => {
  const verifying = ['verify-packs', 'publish', 'verify-snapshot'] as const;
  const check = (n: number, phases: Parameters<typeof backupRun>[1], more: Parameters<typeof backupRun>[2] = {}) =>
    backupRun(n, phases, { kind: 'check', snapshotId: null, sourceId: null, ...more });

  const damage = (n: number) => check(n, ['check-structure'], { outcome: 'failed' });
  const unable = (n: number) => {
    const error = { kind: 'io', message: '', guidance: '', retryable: true, context: {} } as const;
    return check(n, ['check-structure'], { outcome: 'failed', error });
  };

  it.each([
    ['its run read everything back', [backupRun(1, verifying)], true],
    ['nobody looked', [], false],
    ['its run left one phase out', [backupRun(1, ['verify-packs', 'publish'])], false],
    ['a phase did not end', [withOpenPhase(backupRun(1, verifying))], false],
    ['its run failed', [backupRun(1, verifying, { outcome: 'failed' })], false],
    ['a later check read all data', [check(30, ['check-structure', 'check-data'])], true],
    ['a later check looked at the structure alone', [check(30, ['check-structure'])], false],
    ['a later check found damage', [check(30, ['check-data'], { outcome: 'failed' })], false],
    ['damage was found after its run had read everything back', [backupRun(1, verifying), damage(2)], false],
    ['damage was found before its run', [damage(0), backupRun(1, verifying)], true],
    ['a check that could not be done says nothing', [backupRun(1, verifying), unable(2)], true],
    [
      'a check read all data after the damage was repaired',
      [backupRun(1, []), damage(2), check(3, ['check-data'])],
      true,
    ],
    [
      'damage was found after a check had read all data',
      [backupRun(1, []), check(2, ['check-data']), damage(3)],
      false,
    ],
    ['a check of another repository', [check(30, ['check-data'], { repositoryId: otherRepositoryId })], false],
    ['a check too early to be sure it was there', [check(20, ['check-data'])], false],
  ])('says so only when it holds: %s', (_what, runs, expected) => {
    const { catalog, mark } = filled(summary(1));
    catalog.call('runs.put', { runs });
    expect(mark(1)?.verified).toBe(expected);
  });

  it.each([
    ['nothing was checked', [backupRun(1, verifying)], []],
    ['a check found damage', [damage(2)], [2]],
    ['two did: the newer one', [damage(2), damage(4)], [4]],
    ['a backup was verified since', [damage(2), backupRun(3, verifying)], [2]],
    ['the structure alone was found right since', [damage(2), check(3, ['check-structure'])], [2]],
    ['a part of the data was found right since', [damage(2), check(3, ['check-share'])], [2]],
    ['all data was read since, and nothing found', [damage(2), check(3, ['check-structure', 'check-data'])], []],
    ['it was found after all data had been read', [check(2, ['check-data']), damage(3)], [3]],
    ['a check could not be done', [unable(2)], []],
    [
      'another repository was found right since',
      [damage(2), check(3, ['check-data'], { repositoryId: otherRepositoryId })],
      [2],
    ],
  ])('has lost it for all of a repository until damage is known to be gone: %s', (_what, runs, expected) => {
    const { catalog } = filled(summary(1));
    catalog.call('runs.put', { runs });
    const { damages } = catalog.call('snapshots.drawn', {});
    const found = runs.filter(({ runId }) => damages.some((each) => each.runId === runId));
    expect(damages).toHaveLength(expected.length);
    expect(damages).toEqual(
      found.map(({ repositoryId, runId, title, startedAt }) => ({
        ...{ repositoryId, runId, title },
        at: Date.parse(startedAt),
      })),
    );
    expect(damages.map(({ runId }) => Number.parseInt(runId, 16))).toEqual(expected);
  });

  it('knows from the log when a snapshot was published', () => {
    const { catalog, mark } = filled(summary(1));
    catalog.call('runs.put', { runs: [backupRun(1, []), check(2, ['check-data'])] });
    expect(mark(1)?.verified).toBe(true);
  });
});

function withOpenPhase(run: ReturnType<typeof backupRun>): ReturnType<typeof backupRun> {
  return { ...run, phases: run.phases.map((phase, index) => (index === 2 ? { ...phase, durationMs: null } : phase)) };
}

describe('a safety snapshot', () => {
  const saved = { kind: 'safety' as const, sourceId: null, sourceName: 'Before a restore', paths: ['/'] };

  it('is drawn with the source whose restore it was taken for, wherever that has its places', () => {
    const { catalog, drawn } = filled(summary(1, saved));
    expect(drawn()[0]?.sourceId).toBeNull();
    catalog.call('runs.put', {
      runs: [backupRun(1, [], { kind: 'restore', snapshotId: null, level: null, held: null })],
    });
    expect(drawn()[0]).toMatchObject({ sourceId: photos, paths: ['/'], mark: { kind: 'safety' } });
  });

  it('takes no source from a run that was none of its own', () => {
    const { catalog, drawn } = filled(summary(1, saved));
    catalog.call('runs.put', {
      runs: [backupRun(2, [], { kind: 'restore', snapshotId: null, level: null, held: null })],
    });
    expect(drawn()[0]?.sourceId).toBeNull();
  });
});
