import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, runProgram, runProgramOk } from '../../../electron/helper/system/exec.ts';
import { newPlace, type Place } from '../../harness/place.ts';
import { restic } from '../../headless/restic.ts';
import { type History, papersFolder, repositoryFolder } from './history.ts';
import type { LoggedDisk } from './logged-disk.ts';
import { contentsOf, differenceOf } from './papers.ts';

export interface Judged {
  readonly faults: readonly string[];
  /** Snapshots that had to be there, and were restored. */
  readonly restored: number;
}

/**
 * Mounts what a cut left and looks whether everything is there that was published before it. `goOn`: also whether the next
 * backup and the next giving back of space work.
 */
export async function judgeCut(
  disk: LoggedDisk,
  image: string,
  history: History,
  position: number,
  goOn: boolean,
): Promise<Judged> {
  const mountPoint = mkdtempSync(join(disk.folder, 'cut-'));
  const options = disk.type === 'xfs' ? 'loop,nouuid' : 'loop';
  const mounted = await runProgram(findProgram('mount') ?? 'mount', [
    '-t',
    disk.type,
    '-o',
    options,
    image,
    mountPoint,
  ]);
  // Not ours to promise, and so rare that it is told.
  if (mounted.exitCode !== 0) return { faults: [`${disk.type} does not mount: ${mounted.stderr}`], restored: 0 };
  const faults: string[] = [];
  try {
    using place = newPlace(join(mountPoint, repositoryFolder));
    const due = history.published.filter(({ since, until }) => since <= position && position <= until);
    for (const [n, { id, contents }] of due.entries()) {
      const target = join(place.path, `restored-${n}`);
      mkdirSync(target);
      const said = await (n % 2 === 0 ? restoreByUs(place, id, target) : restoreByRestic(place, id, target));
      // We restore what is in the folder, restic the way to it.
      const copy = n % 2 === 0 ? target : folderNamed(papersFolder, target);
      const difference = copy === undefined ? 'nothing was restored' : differenceOf(contents, contentsOf(copy));
      if (said !== undefined || difference !== undefined)
        faults.push(`snapshot ${id.slice(0, 8)}: ${difference} ${said ?? ''}`);
      rmSync(target, { recursive: true });
    }
    if (due.length > 0) faults.push(...(await wrongIn(place)));
    if (due.length > 0 && goOn) faults.push(...(await goesOn(place)));
    return { faults, restored: due.length };
  } finally {
    await runProgramOk(findProgram('umount') ?? 'umount', [mountPoint]);
    rmSync(mountPoint, { recursive: true });
  }
}

async function restoreByUs(place: Place, id: string, target: string): Promise<string | undefined> {
  const { code, stderr, records } = await place.run('restore', id, '--to', target, '--yes');
  return code === 0 || code === 3 ? undefined : `${stderr} ${JSON.stringify(records.slice(-1))}`;
}

async function restoreByRestic(place: Place, id: string, target: string): Promise<string | undefined> {
  const { code, text } = await restic(place, 'restore', id, '--target', target, '--no-lock');
  return code === 0 ? undefined : text;
}

async function wrongIn(place: Place): Promise<string[]> {
  const theirs = await restic(place, 'check', '--read-data', '--no-lock');
  const ours = await place.run('check', '--read-data');
  const found = ours.records.filter(({ type, severity }) => type === 'finding' && severity !== 'info');
  return [
    ...(theirs.code === 0 ? [] : [`restic check: ${theirs.text}`]),
    ...(ours.code === 0 || ours.code === 3 ? [] : [`check: ${ours.stderr} ${JSON.stringify(ours.records.slice(-2))}`]),
    ...found.map((finding) => `check: ${JSON.stringify(finding)}`),
  ];
}

/** The lock of whoever was cut off is in nobody's way, and what he left is used or removed. */
async function goesOn(place: Place): Promise<string[]> {
  const folder = place.folder(papersFolder, { 'after the cut': 'and on' });
  const commands = [
    ['sources', 'add', folder, '--name', papersFolder],
    ['backup', papersFolder],
    ['prune', '--max-unused', '0'],
  ];
  for (const command of commands) {
    const { code, stderr, records } = await place.run(...command);
    if (code !== 0 && code !== 3)
      return [`afterwards, ${command.join(' ')}: ${stderr} ${JSON.stringify(records.slice(-1))}`];
  }
  return wrongIn(place);
}

function folderNamed(name: string, below: string): string | undefined {
  const direct = join(below, name);
  if (existsSync(direct)) return direct;
  for (const entry of readdirSync(below, { withFileTypes: true })) {
    const found = entry.isDirectory() ? folderNamed(name, join(below, entry.name)) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
