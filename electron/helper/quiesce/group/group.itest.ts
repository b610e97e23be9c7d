import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { earnLevel } from '../../../../shared/domain/earn-level.ts';
import { instantToNs } from '../../../../shared/domain/time.ts';
import type { FilesystemFacts } from '../../sources/filesystem/facts.ts';
import { groupFacts } from '../../sources/group/group-facts.ts';
import { runProgramOk } from '../../system/exec.ts';
import { type LoopFilesystem, openLoopFilesystem, whyNoLoopFilesystem } from '../../system/testing/loop-filesystem.ts';
import type { QuiesceContext } from '../contract.ts';
import type { QuiesceEnvironment } from '../environment.ts';
import { createJournal } from '../journal/index.ts';
import { createPrecopyFreeze, type PrecopySteps, precopySteps } from '../precopy-freeze/index.ts';
import { examineFolder } from '../testing/examine-folder.ts';
import { freezeEnvironment } from '../testing/freeze-environment.ts';
import { memoryAhead } from '../testing/memory-ahead.ts';
import { type ReadFile, readView } from '../testing/read-view.ts';
import { recordingReporter } from '../testing/recording-reporter.ts';
import { createTrackers } from '../tracking/index.ts';
import { createGroupPrecopy } from './group-precopy.ts';
import { type FolderState, whyNoPrefix } from './testing/prefix-of-all.ts';

const missing = whyNoLoopFilesystem('ext4');
const { signal } = new AbortController();
const writer = fileURLToPath(new URL('./testing/alternating-writer.ts', import.meta.url));
const lease = { longestStallMs: 3000 };

describe.skipIf(missing !== undefined)(missing ?? 'several filesystems held at one barrier', () => {
  const cleanUps: (() => Promise<unknown> | unknown)[] = [];
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
  });

  async function open(dir?: string): Promise<LoopFilesystem & { readonly folder: string }> {
    const filesystem = await openLoopFilesystem({
      type: 'ext4',
      sizeMiB: dir === undefined ? 64 : 12,
      ...(dir && { dir }),
    });
    cleanUps.push(() => filesystem.close());
    const folder = join(filesystem.mountPoint, 'source');
    mkdirSync(folder);
    return Object.assign(filesystem, { folder });
  }

  async function startWriter(...folders: readonly string[]): Promise<() => Promise<void>> {
    const process_: ChildProcess = spawn(process.execPath, [writer, ...folders], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    if (process_.stdout) await once(process_.stdout, 'data');
    const end = async (): Promise<void> => {
      if (process_.exitCode !== null) return;
      const gone = once(process_, 'exit');
      process_.stdin?.end();
      await gone;
    };
    cleanUps.push(end);
    return end;
  }

  function environment(more: Partial<QuiesceEnvironment> = {}): QuiesceEnvironment {
    const journal = createJournal({ trackers: createTrackers() });
    cleanUps.push(() => journal[Symbol.asyncDispose]());
    return freezeEnvironment({ journal, ...more });
  }

  async function copyGroup(
    members: readonly FilesystemFacts[],
    more: { steps?: Partial<PrecopySteps>; context?: Partial<QuiesceContext>; environment?: QuiesceEnvironment } = {},
  ) {
    const report = recordingReporter();
    const method = createGroupPrecopy(more.environment ?? environment(), { ...precopySteps, ...more.steps });
    const { value, evidence } = await method.withStillView(
      groupFacts(members),
      lease,
      { signal, report, ahead: memoryAhead(), ...more.context },
      (view) => readView(view, signal),
    );
    return { files: value, evidence, report };
  }

  const stateOf = (files: ReadonlyMap<string, ReadFile>, folder: string): FolderState => ({
    log: files.get(`${folder.slice(1)}/log`)?.bytes.toString() ?? '',
    last: files.get(`${folder.slice(1)}/last`)?.bytes.toString(),
  });
  const levelOf = (evidence: Awaited<ReturnType<typeof copyGroup>>['evidence']): string => {
    const files = { files: 1, directories: 0, others: 0, bytes: 0, rereadTotal: 0, torn: [], tornTotal: 0 };
    return earnLevel({
      ...evidence,
      tracking: evidence.tracking ?? null,
      files: { ...files, unreadable: [], unreadableTotal: 0 },
    }).level;
  };

  it('gives a copy that is an exact prefix over all of them, and two copies by themselves do not', async () => {
    const [a, b] = [await open(), await open()];
    const end = await startWriter(a.folder, b.folder);
    const facts = [await examineFolder(a.folder), await examineFolder(b.folder)];
    const shared = environment();
    for (let round = 0; round < 3; round += 1) {
      const { files, evidence } = await copyGroup(facts, { environment: shared });
      expect(whyNoPrefix([stateOf(files, a.folder), stateOf(files, b.folder)])).toBeNull();
      expect([levelOf(evidence), evidence.tracking?.doubts]).toEqual(['filesystem', []]);
    }
    const single = createPrecopyFreeze(environment());
    const states: FolderState[] = [];
    for (const each of facts) {
      const context = { signal, report: recordingReporter(), ahead: memoryAhead() };
      const { value } = await single.withStillView(each, lease, context, (view) => readView(view, signal));
      states.push({ log: value.get('log')?.bytes.toString() ?? '', last: value.get('last')?.bytes.toString() });
    }
    expect(whyNoPrefix(states)).toMatch(/^of \d+ steps/);
    await end();
  });

  it('freezes what lies in a file of another first, so that the file is what was frozen', async () => {
    const a = await open();
    const images = join(a.folder, 'images');
    mkdirSync(images);
    const b = await open(images);
    const end = await startWriter(a.folder, b.folder);
    const { files, evidence } = await copyGroup([await examineFolder(a.folder), await examineFolder(b.folder)]);
    await end();
    const inner = stateOf(files, b.folder);
    expect(whyNoPrefix([stateOf(files, a.folder), inner])).toBeNull();
    expect(levelOf(evidence)).toBe('filesystem');
    expect(evidence.members?.map(({ mountPoint }) => mountPoint)).toEqual([b.mountPoint, a.mountPoint]);
    const image = files.get(b.image.slice(1));
    expect(image?.bytes.length).toBe(12 * 1024 * 1024);
    // The file behind the loop device, as it is in the copy, holds the very same.
    const top = mkdtempSync(join(tmpdir(), 'stillpoint-inner-'));
    cleanUps.push(() => rmSync(top, { recursive: true }));
    writeFileSync(join(top, 'image'), image?.bytes ?? '');
    mkdirSync(join(top, 'mnt'));
    await runProgramOk('/usr/bin/mount', ['-o', 'loop,ro,noload', join(top, 'image'), join(top, 'mnt')]);
    cleanUps.push(() => runProgramOk('/usr/bin/umount', [join(top, 'mnt')]));
    const { stdout } = await runProgramOk('/usr/bin/cat', [join(top, 'mnt/source/log')]);
    expect(stdout.toString()).toBe(inner.log);
  });

  it('tells what all had in common, and of each when it was held', async () => {
    const [a, b] = [await open(), await open()];
    for (const { folder } of [a, b]) writeFileSync(join(folder, 'log'), '');
    const { evidence, report, files } = await copyGroup([await examineFolder(b.folder), await examineFolder(a.folder)]);
    const [first, second] = evidence.members ?? [];
    // In the order of their paths, however they were named: neither lies on the other.
    expect([first?.locations, second?.locations]).toEqual([a.folder, b.folder].toSorted().map((folder) => [folder]));
    const at = (instant: string | undefined): bigint => instantToNs(instant ?? '');
    const { hold } = evidence;
    expect(at(first?.hold.frozenAt)).toBeLessThanOrEqual(at(second?.hold.requestedAt));
    expect(at(second?.hold.thawedAt)).toBeLessThanOrEqual(at(first?.hold.thawRequestedAt));
    expect(hold).toMatchObject({
      requestedAt: first?.hold.requestedAt,
      frozenAt: second?.hold.frozenAt,
      thawRequestedAt: second?.hold.thawRequestedAt,
      thawedAt: first?.hold.thawedAt,
      stallMs: first?.hold.stallMs,
      thawCause: 'command',
    });
    expect(report.holds).toHaveLength(1);
    expect([...files.keys()].toSorted()).toEqual([a, b].map(({ folder }) => `${folder.slice(1)}/log`).toSorted());
  });

  it('freezes a filesystem once for all that lie on it', async () => {
    const a = await open();
    const [one, two] = [join(a.folder, 'one'), join(a.folder, 'two')];
    for (const folder of [one, two]) mkdirSync(folder);
    const end = await startWriter(one, two);
    const { files, evidence } = await copyGroup([await examineFolder(one), await examineFolder(two)]);
    await end();
    expect(evidence.members).toHaveLength(1);
    expect(evidence.members?.[0]?.locations).toEqual([one, two]);
    expect(whyNoPrefix([stateOf(files, one), stateOf(files, two)])).toBeNull();
  });

  it('thaws all and takes nothing when one of them ends early', async () => {
    const [a, b] = [await open(), await open()];
    for (const { folder } of [a, b]) writeFileSync(join(folder, 'log'), '');
    let used = false;
    const steps: Partial<PrecopySteps> = {
      withFrozen: (guard, work) => {
        const outcome = precopySteps.withFrozen(guard, work);
        if (guard.where !== b.mountPoint || !outcome.held) return outcome;
        return { held: false, error: new Error('ended early') as never, cause: 'deadline', times: outcome.times };
      },
    };
    const facts = groupFacts([await examineFolder(a.folder), await examineFolder(b.folder)]);
    const method = createGroupPrecopy(environment(), { ...precopySteps, ...steps });
    const context = { signal, report: recordingReporter(), ahead: memoryAhead() };
    const outcome = method.withStillView(facts, lease, context, async () => {
      used = true;
    });
    await expect(outcome).rejects.toThrow('ended early');
    expect(used).toBe(false);
    // Nobody waits: both can be written to.
    for (const { folder } of [a, b]) writeFileSync(join(folder, 'after'), 'x');
  });

  it('thaws all when what is taken of one fails', async () => {
    const [a, b] = [await open(), await open()];
    for (const { folder } of [a, b]) writeFileSync(join(folder, 'log'), '');
    let drains = 0;
    const steps: Partial<PrecopySteps> = {
      drain: () => {
        drains += 1;
        throw new Error('a test');
      },
    };
    const facts = groupFacts([await examineFolder(a.folder), await examineFolder(b.folder)]);
    const method = createGroupPrecopy(environment(), { ...precopySteps, ...steps });
    const context = { signal, report: recordingReporter(), ahead: memoryAhead() };
    await expect(method.withStillView(facts, lease, context, async () => 'used')).rejects.toThrow('a test');
    expect(drains).toBe(1);
    for (const { folder } of [a, b]) writeFileSync(join(folder, 'after'), 'x');
  });

  it('counts from the version of all, and reads only what changed', async () => {
    const [a, b] = [await open(), await open()];
    for (const { folder } of [a, b]) for (const name of ['old', 'log']) writeFileSync(join(folder, name), name);
    const facts = [await examineFolder(a.folder), await examineFolder(b.folder)];
    const shared = environment();
    const first = await copyGroup(facts, { environment: shared });
    writeFileSync(join(a.folder, 'log'), 'new');
    const parentBase = String(first.evidence.detail.checkpoint);
    const method = createGroupPrecopy(shared);
    const ahead = memoryAhead();
    const context = { signal, report: recordingReporter(), ahead, parentBase };
    const { value, evidence } = await method.withStillView(groupFacts(facts), lease, context, async (view) => {
      const said = new Map<string, string | undefined>();
      const visit = async (entry: typeof view.root, path: string): Promise<void> => {
        said.set(path, entry.sameAs?.version);
        for await (const child of entry.children?.() ?? [])
          await visit(child, `${path}/${Buffer.from(child.name).toString()}`);
      };
      await visit(view.root, '');
      return said;
    });
    expect(evidence.tracking?.continuedFrom).toBe(parentBase);
    expect(value.get(b.folder) ?? value.get(`${b.folder}/old`)).toBe(parentBase);
    expect(value.get(`${a.folder}/log`)).toBeUndefined();
    expect(value.get('')).toBeUndefined();
    expect(ahead.taken.filter((path) => path.endsWith('/old'))).toEqual([]);
  });

  it('holds what the system runs from only where that may be held, and then all of them as briefly', async () => {
    const [a, b] = [await open(), await open()];
    for (const { folder } of [a, b]) writeFileSync(join(folder, 'log'), '');
    const facts = groupFacts([await examineFolder(a.folder), await examineFolder(b.folder)]);
    const obstacles: { reason: string; remedy: 'trial' }[] = [{ reason: 'It has to be tried.', remedy: 'trial' }];
    const root = {
      ...{ leaseMs: 250, emergencyThaw: true as const, obstacles: () => obstacles },
      concerns: ({ mountPoint }: FilesystemFacts) => mountPoint === a.mountPoint,
    };
    const guards: [string, boolean, number][] = [];
    const method = createGroupPrecopy(environment({ root }), {
      ...precopySteps,
      startGuard: ({ emergencyThaw = false, ...options }) => {
        guards.push([options.mountPath, emergencyThaw, options.leaseMs]);
        return precopySteps.startGuard(options);
      },
    });
    expect(await method.preflight(facts, lease)).toMatchObject({
      ...{ available: false, reasons: [`${a.folder}: It has to be tried.`], remedies: ['trial'] },
    });
    obstacles.pop();
    const context = { signal, report: recordingReporter(), ahead: memoryAhead() };
    const { evidence } = await method.withStillView(facts, lease, context, (view) => readView(view, signal));
    expect(evidence.members?.map(({ hold }) => hold.leaseMs)).toEqual([250, 250]);
    const byPlace = guards.slice(0, 2).toSorted(([one], [other]) => (one < other ? -1 : 1));
    expect(byPlace).toEqual([a, b].map(({ mountPoint }) => [mountPoint, true, 250]).toSorted());
  });

  it('is refused where one cannot be held, in words that name it', async () => {
    const a = await open();
    const tmpfs = mkdtempSync(join('/dev/shm', 'stillpoint-group-'));
    cleanUps.push(() => rmSync(tmpfs, { recursive: true }));
    const facts = groupFacts([await examineFolder(a.folder), await examineFolder(tmpfs)]);
    const promise = await createGroupPrecopy(environment()).preflight(facts, lease);
    expect(promise).toMatchObject({
      available: false,
      reasons: [`${tmpfs}: A filesystem of the kind tmpfs cannot be held still.`],
    });
    expect(() => groupFacts([facts.members[0] as FilesystemFacts, facts.members[0] as FilesystemFacts])).toThrow(
      /are the same folder/,
    );
  });
});
