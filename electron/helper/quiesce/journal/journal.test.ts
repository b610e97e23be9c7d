import { closeSync, mkdtempSync, openSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { filesystemSpec } from '../../../../shared/domain/source.ts';
import type { FilesystemFacts } from '../../sources/filesystem/facts.ts';
import type { EntryMeta } from '../contract.ts';
import type { NamedLook } from '../picture/index.ts';
import type { HandleKey } from '../tracking/contract.ts';
import type { JournalLoan } from './contract.ts';
import { createJournal, type DrainedSource, type JournalOptions, journalReasons } from './index.ts';
import { FakeTrackers } from './testing/fake-trackers.ts';

const fileKey = '\x01\0\0\0file' as HandleKey;
const hourMs = 3_600_000;

let folder: string;
let rootFd: number;
let trackers: FakeTrackers;
let nowMs: number;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'stillpoint-journal-')));
  rootFd = openSync(folder, 'r');
  trackers = new FakeTrackers();
  nowMs = 1_000_000;
});

afterEach(() => {
  vi.useRealTimers();
  closeSync(rootFd);
  rmSync(folder, { recursive: true });
});

const newJournal = (options: Partial<JournalOptions> = {}) =>
  createJournal({ trackers, now: () => nowMs, findHandedOut: async () => new Set(), ...options });

function factsOf(more: Partial<FilesystemFacts['spec']> = {}, inode = 7n): FilesystemFacts {
  const spec = filesystemSpec(folder, more);
  const known = { kind: 'filesystem', spec, root: Buffer.from(folder), deviceId: 1n, inode, detail: {} };
  return { ...known, mount: { fsType: 'ext4' } } as unknown as FilesystemFacts;
}

function metaOf(type: EntryMeta['type'], size = 1n): EntryMeta {
  const times = { mtimeNs: 1_000_000_001n, ctimeNs: 1_000_000_001n, atimeNs: 0n };
  const numbers = { uid: 0, gid: 0, inode: 9n, deviceId: 1n, links: 1n, rdev: 0n };
  return { type, mode: 0o644, size, ...times, ...numbers, linkTarget: null, xattrs: [] };
}

const entry = (name: string, key: HandleKey, type: EntryMeta['type'] = 'file'): NamedLook => ({
  name: Buffer.from(name),
  look: { key, meta: metaOf(type), isStandIn: false },
});

/** What a run does with the picture of a folder with these entries. Returns the version, and what it counted from. */
function run({ picture, tracker }: JournalLoan, from: string | null, entries = [entry('a', fileKey)]) {
  tracker.drain();
  const base = picture.countFrom(from);
  if (!picture.isComplete) picture.beginWalk();
  for (const { key } of picture.directoriesToList()) {
    picture.clearNamesMark(key);
    picture.setNames(key, entries);
  }
  for (const { key, meta } of picture.entriesToLookAt()) {
    picture.clearLookMark(key);
    picture.setLook({ key, meta, isStandIn: false });
  }
  if (!picture.isComplete) picture.endWalk();
  const read = picture.filesToRead().length;
  for (const { key, meta } of picture.filesToRead()) {
    picture.clearContentMark(key);
    const content = { length: Number(meta.size) };
    picture.setContent(key, { state: 'taken', content, meta, readFromNs: 2n, flushedNs: 1n });
  }
  return { version: picture.markVersion(2_000_000_000n).id, base: base?.id ?? null, read };
}

describe('a journal', () => {
  it('gives a picture back that was kept, with its versions', async () => {
    await using journal = newJournal();
    const facts = factsOf();
    const first = journal.lend(facts, rootFd);
    expect(first.startedAnew).toBe(journalReasons.first);
    const { version, read } = run(first, null);
    expect(read).toBe(1);
    first.keep();
    first[Symbol.dispose]();

    using second = journal.lend(facts, rootFd);
    expect(second.startedAnew).toBeNull();
    expect(run(second, version)).toMatchObject({ base: version, read: 0 });
  });

  it('hears of changes between two loans', async () => {
    await using journal = newJournal();
    const facts = factsOf();
    const first = journal.lend(facts, rootFd);
    const { version } = run(first, null);
    first.keep();
    first[Symbol.dispose]();
    trackers.tell(['content', fileKey]);
    using second = journal.lend(facts, rootFd);
    expect(run(second, version)).toMatchObject({ base: version, read: 1 });
  });

  it('drops what is not asked to be kept, and says so', async () => {
    await using journal = newJournal();
    run(journal.lend(factsOf(), rootFd), null);
    const lost = journal.lend(factsOf(), rootFd);
    lost[Symbol.dispose]();
    using next = journal.lend(factsOf(), rootFd);
    expect(next.startedAnew).toBe(journalReasons.lent);
    expect(trackers.shares).toBe(2);
  });

  it('says why the last one was not kept', async () => {
    await using journal = newJournal();
    journal.lend(factsOf(), rootFd)[Symbol.dispose]();
    expect(trackers.shares).toBe(0);
    using next = journal.lend(factsOf(), rootFd);
    expect(next.startedAnew).toBe(journalReasons.notKept);
  });

  it('gives a second picture while the first is at work, and keeps one of them', async () => {
    await using journal = newJournal();
    const [first, second] = [journal.lend(factsOf(), rootFd), journal.lend(factsOf(), rootFd)];
    expect(second.startedAnew).toBe(journalReasons.lent);
    expect(second.picture).not.toBe(first.picture);
    for (const loan of [first, second]) {
      run(loan, null);
      loan.keep();
      loan[Symbol.dispose]();
    }
    expect(trackers.shares).toBe(1);
    using next = journal.lend(factsOf(), rootFd);
    expect(next.picture).toBe(first.picture);
  });

  const keepOne = (journal: ReturnType<typeof newJournal>, facts = factsOf()): string => {
    const loan = journal.lend(facts, rootFd);
    const { version } = run(loan, null);
    loan.keep();
    loan[Symbol.dispose]();
    return version;
  };

  it('begins anew after other rules', async () => {
    await using journal = newJournal();
    keepOne(journal);
    using next = journal.lend(factsOf({ ignoreLines: ['*.o'] }), rootFd);
    expect(next.startedAnew).toBe(journalReasons.rules);
    expect(trackers.shares).toBe(1);
  });

  it('takes rules in another order for the same where the order says nothing', async () => {
    await using journal = newJournal();
    keepOne(journal, factsOf({ excludes: ['/a', '/b'] }));
    using next = journal.lend(factsOf({ excludes: ['/b', '/a'] }), rootFd);
    expect(next.startedAnew).toBeNull();
  });

  it('begins anew after another mount', async () => {
    await using journal = newJournal();
    keepOne(journal);
    trackers.epoch = 'second';
    using next = journal.lend(factsOf(), rootFd);
    expect(next.startedAnew).toBe(journalReasons.remounted);
  });

  it('begins anew for another folder with the same number', async () => {
    await using journal = newJournal();
    keepOne(journal);
    trackers.rootKey = '\x01\0\0\0toor' as HandleKey;
    using next = journal.lend(factsOf(), rootFd);
    expect(next.startedAnew).toBe(journalReasons.replaced);
  });

  it('looks at everything again where events were lost, and keeps what it finds equal', async () => {
    await using journal = newJournal();
    const version = keepOne(journal);
    trackers.tell(['doubt', 'The queue was full.']);
    const early = journal.lend(factsOf(), rootFd);
    run(early, version);
    expect(early.picture.doubts).toEqual(['The queue was full.']);
    early.keep();
    early[Symbol.dispose]();
    trackers.tell(['doubt', 'The queue was full again.']);
    expect(journal.countsOf(factsOf())).toBeUndefined();
    using next = journal.lend(factsOf(), rootFd);
    expect(next.startedAnew).toContain('The queue was full again.');
    expect(next.isVerificationDue).toBe(false);
    // Its ctime is older than the flush of the version.
    expect(run(next, version)).toMatchObject({ base: version, read: 0 });
  });

  it('looks at everything again when our own places change', async () => {
    const paths: string[] = [];
    await using journal = newJournal({ own: () => ({ paths }) });
    keepOne(journal);
    expect(journal.countsOf(factsOf())).toEqual({ files: 1, directories: 1, others: 0, bytes: 1 });
    paths.push(join(folder, 'repository'));
    expect(journal.countsOf(factsOf())).toBeUndefined();
    using next = journal.lend(factsOf(), rootFd);
    expect(next.startedAnew).toContain('place of Stillpoint’s own');
    expect(next.picture.isComplete).toBe(false);
  });

  it('drops the picture of what was unmounted', async () => {
    await using journal = newJournal();
    keepOne(journal);
    trackers.found = 'The filesystem was unmounted.';
    expect(journal.countsOf(factsOf())).toBeUndefined();
    expect(trackers.shares).toBe(0);
    expect(trackers.listeners.size).toBe(0);
    using next = journal.lend(factsOf(), rootFd);
    expect(next.startedAnew).toBe('The filesystem was unmounted.');
  });

  it('drops what was used least recently when there is too much', async () => {
    await using journal = newJournal({ maxEntries: 5 });
    keepOne(journal, factsOf({}, 1n));
    keepOne(journal, factsOf({}, 2n));
    // Two entries each: both fit. Used again, the first is the younger.
    keepOne(journal, factsOf({}, 1n));
    keepOne(journal, factsOf({}, 3n));
    using first = journal.lend(factsOf({}, 1n), rootFd);
    expect(first.startedAnew).toBeNull();
    using second = journal.lend(factsOf({}, 2n), rootFd);
    expect(second.startedAnew).toContain('not all of them can be kept');
  });

  it('asks for a verification after so many loans', async () => {
    await using journal = newJournal({ verifyAfterLoans: 2 });
    keepOne(journal);
    const due: boolean[] = [];
    for (let count = 0; count < 4; count += 1) {
      using loan = journal.lend(factsOf(), rootFd);
      due.push(loan.isVerificationDue);
      run(loan, null);
      if (loan.isVerificationDue) loan.verified(0);
      loan.keep();
    }
    expect(due).toEqual([false, false, true, false]);
  });

  it('asks for a verification after a day', async () => {
    await using journal = newJournal();
    keepOne(journal);
    nowMs += 23 * hourMs;
    const early = journal.lend(factsOf(), rootFd);
    expect(early.isVerificationDue).toBe(false);
    early.keep();
    early[Symbol.dispose]();
    nowMs += hourMs;
    using late = journal.lend(factsOf(), rootFd);
    expect(late.isVerificationDue).toBe(true);
  });

  it('trusts nothing any more where a verification found differences', async () => {
    await using journal = newJournal();
    keepOne(journal);
    const loan = journal.lend(factsOf(), rootFd);
    run(loan, null);
    loan.verified(3);
    loan.keep();
    loan[Symbol.dispose]();
    using next = journal.lend(factsOf(), rootFd);
    expect(next.startedAnew).toBe('A full look found 3 entries changed that nobody had told of.');
  });

  it('counts what was last looked at, whatever was told since, lent or not', async () => {
    await using journal = newJournal();
    expect(journal.countsOf(factsOf())).toBeUndefined();
    keepOne(journal);
    const counts = { files: 1, directories: 1, others: 0, bytes: 1 };
    expect(journal.countsOf(factsOf())).toEqual(counts);
    trackers.tell(['content', fileKey]);
    expect(journal.countsOf(factsOf())).toEqual(counts);
    using loan = journal.lend(factsOf(), rootFd);
    expect(journal.countsOf(factsOf())).toEqual(counts);
    run(loan, null);
    trackers.tell(['doubt', 'The queue was full.']);
    loan.picture.doubt('The queue was full.');
    expect(journal.countsOf(factsOf())).toBeUndefined();
  });

  it('counts nothing of what is looked at for the first time', async () => {
    await using journal = newJournal();
    using loan = journal.lend(factsOf(), rootFd);
    expect(loan.picture.isComplete).toBe(false);
    expect(journal.countsOf(factsOf())).toBeUndefined();
  });

  it('empties the queue by itself while nobody is at work, and tells how much changed', async () => {
    vi.useFakeTimers();
    const told: DrainedSource[] = [];
    await using journal = newJournal({ onDrained: (source) => told.push(source) });
    expect(vi.getTimerCount()).toBe(0);
    keepOne(journal);
    trackers.tell(['content', fileKey], ['metadata', fileKey], ['content', '\x01\0\0\0else' as HandleKey]);
    vi.advanceTimersByTime(2_000);
    vi.advanceTimersByTime(2_000);
    expect(told.map(({ changes, doubt }) => ({ changes, doubt }))).toEqual([
      { changes: 2, doubt: null },
      { changes: 0, doubt: null },
    ]);
    const loan = journal.lend(factsOf(), rootFd);
    const { drains, looks } = trackers;
    vi.advanceTimersByTime(20_000);
    expect(trackers).toMatchObject({ drains, looks });
    loan.keep();
    loan[Symbol.dispose]();
    vi.advanceTimersByTime(2_000);
    expect(trackers.drains).toBeGreaterThan(drains);
  });

  it('tells later of what came while the picture was lent, doubts that the run settled included', async () => {
    vi.useFakeTimers();
    const told: DrainedSource[] = [];
    await using journal = newJournal({ onDrained: (source) => told.push(source) });
    keepOne(journal);
    vi.advanceTimersByTime(2_000);
    {
      using loan = journal.lend(factsOf(), rootFd);
      trackers.tell(['content', fileKey]);
      run(loan, null);
      loan.picture.endRun();
      loan.keep();
    }
    vi.advanceTimersByTime(2_000);
    {
      using loan = journal.lend(factsOf(), rootFd);
      trackers.tell(['doubt', 'The queue was full.']);
      loan.tracker.drain();
      run(loan, null);
      loan.picture.endRun();
      expect(loan.picture.doubts).toEqual([]);
      loan.keep();
    }
    vi.advanceTimersByTime(4_000);
    expect(told.map(({ changes, doubt }) => ({ changes, doubt }))).toEqual([
      { changes: 0, doubt: null },
      { changes: 1, doubt: null },
      { changes: 0, doubt: 'The queue was full.' },
      { changes: 0, doubt: null },
    ]);
    expect(new Set(told.map(({ record }) => record)).size).toBe(1);
    expect(told[0]?.holds(9n)).toBe(true);
    expect(told[0]?.holds(10n)).toBe(false);
    journal.lend(factsOf(), rootFd)[Symbol.dispose]();
    keepOne(journal);
    vi.advanceTimersByTime(2_000);
    expect(new Set(told.map(({ record }) => record)).size).toBe(2);
  });

  it('names an instant before which everything was told', async () => {
    vi.useFakeTimers();
    const told: number[] = [];
    let drained = 0;
    await using journal = newJournal({ onDrained: (_, atMs) => told.push(atMs), now: () => (nowMs += 1) });
    keepOne(journal);
    const drains = trackers.drains;
    vi.spyOn(trackers, 'drains', 'set').mockImplementation(() => (drained = nowMs));
    vi.advanceTimersByTime(2_000);
    expect(drains).toBeGreaterThan(0);
    expect(told[0]).toBeLessThanOrEqual(drained);
  });

  it('comes back sooner while much is told', async () => {
    vi.useFakeTimers();
    await using journal = newJournal();
    keepOne(journal);
    const { drains } = trackers;
    for (let count = 0; count < 6_000; count += 1) trackers.tell(['content', fileKey]);
    vi.advanceTimersByTime(2_000);
    vi.advanceTimersByTime(300);
    expect(trackers.drains).toBe(drains + 2);
  });

  it('lets go of everything in the end', async () => {
    vi.useFakeTimers();
    const journal = newJournal();
    keepOne(journal);
    const loan = journal.lend(factsOf({}, 8n), rootFd);
    await journal[Symbol.asyncDispose]();
    loan.keep();
    loan[Symbol.dispose]();
    expect(trackers).toMatchObject({ shares: 0 });
    expect(trackers.listeners.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});
