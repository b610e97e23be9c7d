/**
 * Judges the LVM method on real volumes: `node guest-check.ts DISK COPIES`, as root, in a virtual machine only. DISK (all of
 * it is overwritten) becomes a volume group with thick and thin volumes, ext4 and xfs on them. On each, ordered and mapped
 * writers run while COPIES snapshots are taken through the method itself. Prints one JSON object; `ok` says whether every
 * copy was an exact prefix, nothing was left behind, and every accident ended as it must. Needs lvm2, thin-provisioning-
 * tools, e2fsprogs, xfsprogs.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isStillpointError } from '../../../../../../shared/errors/index.ts';
import { findProgram, runProgramOk } from '../../../../system/exec.ts';
import { examineFolder } from '../../../testing/examine-folder.ts';
import { checkPrefix, startOrderedWriter, type WriterPlan } from '../../../testing/ordered-writer/index.ts';
import { recordingReporter } from '../../../testing/recording-reporter.ts';
import { writeView } from '../../../testing/write-view.ts';
import { createLvmSnapshot, removeLeftovers } from '../../index.ts';

const group = 'guestcheck';
const plans: Readonly<Record<string, WriterPlan>> = {
  mixed: { kinds: ['in-place', 'append', 'rename-over', 'mapped'], files: 4, blocks: 8 },
  others: { kinds: ['truncate', 'hardlink', 'move', 'direct', 'mapped', 'rename-over'], files: 2, blocks: 8 },
  // Nothing of it is ever flushed by whoever writes: a rename that outruns its content would show as an empty file.
  unsynced: { kinds: ['rename-over', 'mapped'], files: 6, blocks: 8 },
};

/** What is printed. */
export interface GuestReport {
  readonly ok: boolean;
  readonly verdicts: readonly GuestVerdict[];
  /** What was wrong with each; empty when nothing was. */
  readonly accidents: Readonly<Record<string, string>>;
  /** Snapshots of ours that are still there. */
  readonly left: readonly string[];
}

export interface GuestVerdict {
  readonly volume: string;
  readonly plan: string;
  readonly copies: number;
  /** Copies that are no exact prefix; the first contradiction of each. */
  readonly broken: readonly string[];
  /** Copies that hold less than what was finished before they were asked for. */
  readonly stale: number;
  readonly failed: readonly string[];
  readonly snapshotMs: { readonly median: number; readonly max: number };
  readonly longestStepMs: number;
}

const never = new AbortController().signal;
const lease = { longestStallMs: 10_000 };

async function program(name: string, ...args: readonly string[]): Promise<string> {
  const path = findProgram(name);
  if (path === undefined) throw new Error(`${name} is not installed`);
  return (await runProgramOk(path, args, { timeoutMs: 300_000 })).stdout.toString();
}

async function makeVolumes(disk: string): Promise<readonly { name: string; type: string; mountPoint: string }[]> {
  await program('vgcreate', '--yes', group, disk);
  await program('lvcreate', '--yes', '--type', 'thin-pool', '-L', '1g', '-n', 'pool', group);
  const volumes = [
    { name: 'thick-ext4', type: 'ext4', how: ['-L', '200m'] },
    { name: 'thick-xfs', type: 'xfs', how: ['-L', '320m'] },
    { name: 'thin-ext4', type: 'ext4', how: ['-V', '300m', '--thinpool', 'pool'] },
    { name: 'thin-xfs', type: 'xfs', how: ['-V', '320m', '--thinpool', 'pool'] },
  ];
  const made = [];
  for (const { name, type, how } of volumes) {
    await program('lvcreate', '--yes', '-n', name, ...how, group);
    await program(`mkfs.${type}`, '-q', `/dev/${group}/${name}`);
    const mountPoint = mkdtempSync(join(tmpdir(), `stillpoint-${name}-`));
    await program('mount', '-t', type, `/dev/${group}/${name}`, mountPoint);
    made.push({ name, type, mountPoint });
  }
  return made;
}

async function judge(
  volume: { readonly name: string; readonly mountPoint: string },
  planName: string,
  plan: WriterPlan,
  copies: number,
  recordsFolder: string,
): Promise<GuestVerdict> {
  const directory = join(volume.mountPoint, `busy-${planName}`);
  mkdirSync(directory);
  const writer = await startOrderedWriter({ directory, plan, stepsPerSecond: 300 });
  await writer.reached(40);
  const broken: string[] = [];
  const failed: string[] = [];
  const times: number[] = [];
  let stale = 0;
  for (let copy = 0; copy < copies; copy += 1) {
    const target = mkdtempSync('/dev/shm/stillpoint-copy-');
    try {
      const method = createLvmSnapshot({ recordsFolder });
      const facts = await examineFolder(directory);
      const before = writer.stepsSoFar();
      const { evidence } = await method.withStillView(
        facts,
        lease,
        { signal: never, report: recordingReporter() },
        (view) => writeView(view, target, never),
      );
      const verdict = checkPrefix(target, plan);
      times.push(Number(evidence.detail.snapshotMs));
      if (!verdict.isPrefix) broken.push(verdict.problems[0] ?? '');
      if (verdict.step < before) stale += 1;
    } catch (error) {
      failed.push(error instanceof Error ? error.message : String(error));
    } finally {
      rmSync(target, { recursive: true, force: true });
    }
  }
  const { longestStepMs } = await writer.stop();
  rmSync(directory, { recursive: true });
  times.sort((a, b) => a - b);
  const snapshotMs = { median: times[times.length >> 1] ?? 0, max: times.at(-1) ?? 0 };
  return { volume: volume.name, plan: planName, copies, broken, stale, failed, snapshotMs, longestStepMs };
}

/** The space of a thick snapshot runs out while it is read: an error, never a copy. */
async function runsOut(mountPoint: string, recordsFolder: string): Promise<string> {
  const folder = join(mountPoint, 'small');
  mkdirSync(folder);
  writeFileSync(join(folder, 'file'), 'content');
  const large = join(mountPoint, 'large');
  writeFileSync(large, Buffer.alloc(150 * 1024 * 1024, 1));
  // What others leave free: too little for all that is overwritten below.
  const free = Number(await program('vgs', '--noheadings', '--nosuffix', '--units', 'b', '-o', 'vg_free', group));
  await program('lvcreate', '--yes', '-n', 'filler', '-L', `${free - 68 * 1024 * 1024}b`, group);
  try {
    await createLvmSnapshot({ recordsFolder }).withStillView(
      await examineFolder(folder),
      lease,
      { signal: never, report: recordingReporter() },
      async (view) => {
        writeFileSync(large, Buffer.alloc(150 * 1024 * 1024, 2), { flag: 'r+' });
        await program('sync', '-f', mountPoint);
        const target = mkdtempSync('/dev/shm/stillpoint-copy-');
        await writeView(view, target, never).finally(() => rmSync(target, { recursive: true, force: true }));
      },
    );
    return 'a copy whose space had run out was taken for whole';
  } catch (error) {
    return isStillpointError(error, 'freeze-ended-early') ? '' : String(error);
  } finally {
    await program('lvremove', '--yes', `${group}/filler`);
    rmSync(large);
  }
}

/** No space left in the group: refused, in words. */
async function isRefused(mountPoint: string, recordsFolder: string): Promise<string> {
  await program('lvcreate', '--yes', '-n', 'filler', '-l', '100%FREE', group);
  try {
    const facts = await examineFolder(mountPoint);
    const promise = await createLvmSnapshot({ recordsFolder }).preflight(facts, lease);
    return promise.available ? 'a full group was not refused' : '';
  } finally {
    await program('lvremove', '--yes', `${group}/filler`);
  }
}

/** A process killed while it reads: its snapshot is removed at the next start, a stranger's is not. */
async function isFound(mountPoint: string, recordsFolder: string): Promise<string> {
  const stranger = 'stillpoint-20200101000000-0123456789abcdef';
  await program(
    'lvcreate',
    '--yes',
    '-s',
    '-n',
    stranger,
    '--addtag',
    'stillpoint',
    '-L',
    '16m',
    `${group}/thick-ext4`,
  );
  const child = spawn(
    process.execPath,
    [
      ...process.execArgv,
      fileURLToPath(new URL('../../testing/crash-child.ts', import.meta.url)),
      mountPoint,
      recordsFolder,
      'lvm',
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const exited = once(child, 'exit');
  await Promise.race([once(child.stdout, 'data'), exited]);
  const alive = await removeLeftovers({ recordsFolder });
  child.kill('SIGKILL');
  await exited;
  const dead = await removeLeftovers({ recordsFolder });
  const left = await ours();
  await program('lvremove', '--yes', `${group}/${stranger}`);
  if (alive.removed.length > 0) return 'a snapshot in use was removed';
  if (dead.removed.length !== 1) return `left behind: ${JSON.stringify(dead)}`;
  return left.length === 1 && left[0] === stranger ? '' : `after the crash there are ${left.join(', ')}`;
}

async function ours(): Promise<readonly string[]> {
  const text = await program('lvs', '--noheadings', '-o', 'lv_name', '-S', 'lv_tags={stillpoint}', group);
  return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
}

async function main(disk: string, copies: number): Promise<void> {
  const records = mkdtempSync(join(tmpdir(), 'stillpoint-records-'));
  const volumes = await makeVolumes(disk);
  const [thick, , thin] = volumes;
  const accidents = {
    isFoundThick: await isFound(thick?.mountPoint ?? '', records),
    isFoundThin: await isFound(thin?.mountPoint ?? '', records),
    isRefused: await isRefused(thick?.mountPoint ?? '', records),
    runsOut: await runsOut(thick?.mountPoint ?? '', records),
    left: (await ours()).join(', '),
  };
  process.stderr.write(`${JSON.stringify(accidents)}\n`);
  const verdicts: GuestVerdict[] = [];
  for (const [name, plan] of Object.entries(plans))
    for (const volume of volumes) {
      verdicts.push(await judge(volume, name, plan, copies, records));
      process.stderr.write(`${JSON.stringify(verdicts.at(-1))}\n`);
    }
  const left = await ours();
  const isGood = ({ broken, stale, failed }: GuestVerdict): boolean =>
    broken.length === 0 && stale === 0 && failed.length === 0;
  const ok = verdicts.every(isGood) && left.length === 0 && Object.values(accidents).every((each) => each === '');
  const report: GuestReport = { ok, verdicts, accidents, left };
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

const [disk = '', copies = '20'] = process.argv.slice(2);
await main(disk, Number(copies));
