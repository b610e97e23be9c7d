import type { RestorePlan } from '../../../../shared/domain/restore.ts';
import type { FileOps } from '../../system/file-ops.ts';
import { processInfo } from '../../system/process-info.ts';
import { spaceOf } from '../../system/space.ts';
import { findWriterHolders, type WriterHolder } from '../../system/writer-holders.ts';
import type { BuiltPlan } from './build-plan.ts';
import { itemPath, type PlanItem, type TargetRoot } from './plan-item.ts';
import { count, type PlanNotes } from './plan-notes.ts';

type PlanWarning = RestorePlan['warnings'][number];

const mib = 1024 * 1024;
/** Kept free beside what is written: directories, journals of the filesystem, whoever else writes there. */
const spareBytes = 16 * mib;

/** Bytes of the files that would be written. */
export function bytesToWrite(items: readonly PlanItem[]): number {
  let total = 0;
  for (const { type, action, stored } of items) {
    if (type === 'file' && (action === 'add' || action === 'replace')) total += stored?.size ?? 0;
  }
  return total;
}

/** Bytes an ordinary program may still write there; null where nobody can say. */
export function freeBytes(ops: FileOps, roots: readonly TargetRoot[]): number | null {
  try {
    const free = roots.map((root) => Number(ops.run(() => spaceOf(root.path)).available));
    return free.length > 0 ? Math.min(...free) : null;
  } catch {
    return null;
  }
}

export function noteSpace(notes: PlanNotes, needed: number, free: number | null, targets: readonly string[]): void {
  if (free === null || needed + spareBytes <= free) return;
  notes.say({
    code: 'no-space',
    text: `${roomOf(targets)} ${sizeText(free)} free, and up to ${sizeText(needed)} will be written.`,
    paths: [...targets].slice(0, 100),
    asks: true,
  });
}

/** Of several places the least room of any is known. */
function roomOf(targets: readonly string[]): string {
  return targets.length === 1 ? `${targets[0]} has` : `Of ${targets.join(', ')} one has`;
}

/** Programs that have a file open for writing which would be replaced: they go on writing into the old one. */
export function noteOpenFiles(notes: PlanNotes, items: readonly PlanItem[]): void {
  const byInode = new Map<string, PlanItem>();
  for (const item of items) {
    if (item.now?.type !== 'file' || (item.action !== 'replace' && item.action !== 'delete')) continue;
    byInode.set(`${item.now.deviceId}:${item.now.inode}`, item);
  }
  if (byInode.size === 0) return;
  const files = [...byInode.values()].map(({ now }) => ({ deviceId: now?.deviceId ?? 0n, inode: now?.inode ?? 0n }));
  const paths = new Set<string>();
  const programs = new Set<string>();
  for (const holder of findWriterHolders(files).holders) {
    const item = byInode.get(`${holder.file.deviceId}:${holder.file.inode}`);
    const program = item && programOf(holder);
    if (!item || !program) continue;
    paths.add(itemPath(item));
    programs.add(program);
  }
  if (paths.size === 0) return;
  notes.say({
    code: 'open-file',
    text: `${[...programs].sort().join(', ')} ${programs.size === 1 ? 'has' : 'have'} ${count(paths.size, 'file', 'files')} open that would be replaced. Close ${programs.size === 1 ? 'it' : 'them'} first: what is still written goes into the old version.`,
    paths: [...paths],
    asks: true,
  });
}

function programOf(holder: WriterHolder): string | null {
  if (holder.how === 'loop-device') return `/dev/${holder.device}`;
  if (holder.how === 'swap') return 'The system (swap)';
  if (holder.pid === process.pid) return null;
  return processInfo(holder.pid)?.comm ?? null;
}

/** What is said about the kinds of path that planning collected. */
export function collectedWarnings(plan: Pick<BuiltPlan, 'notes'>): readonly PlanWarning[] {
  return plan.notes.warnings({
    'newer-now': {
      text: (total) => `${count(total, 'file was', 'files were')} changed after this snapshot and would be replaced.`,
      asks: false,
    },
    'type-change': {
      text: (total) =>
        `In ${count(total, 'place', 'places')} something of another kind is in the way and would be replaced.`,
      asks: true,
    },
    'own-data': {
      text: (total) =>
        `${count(total, 'entry is', 'entries are')} left alone: Stillpoint’s own data, other filesystems, or parts that this snapshot left out.`,
      asks: false,
    },
    'no-rights': {
      text: (total) => `${count(total, 'entry', 'entries')} cannot be looked at or written with your rights.`,
      asks: true,
    },
    'torn-file': {
      text: (total) =>
        `${count(total, 'file', 'files')} changed while this snapshot was taken and may mix two moments.`,
      asks: true,
    },
  });
}

function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  const units = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value.toFixed(value < 10 ? 1 : 0)} ${units[unit]}`;
}
