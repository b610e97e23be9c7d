import {
  closeSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type RunId, runIdSchema } from '../../../../shared/domain/ids.ts';
import type { UndoableRestore } from '../../../../shared/domain/restore.ts';
import { instantSchema, instantToMs } from '../../../../shared/domain/time.ts';
import { hasCode } from '../../system/errno.ts';
import { tryFileLock } from '../../system/file-lock.ts';
import { beingTakenBack } from '../errors.ts';
import { countOfTree, entriesOfTree } from '../fresh/tree-lines.ts';
import { foundRecordSchema } from './found-record.ts';
import { syncDirectory } from './journal.ts';
import { changeKindSchema, restoreHeadSchema } from './journal-records.ts';

/** Safety snapshots stay this long, and so does what undo needs. */
const keptDays = 30;
const version = 1;

export const changeRecordSchema = z.object({
  root: z.number().int().nonnegative(),
  /** Names below the root, quoted and joined by `/`, beginning with one. */
  path: z.string(),
  change: changeKindSchema,
  /** What the restore left there; null where it left nothing. */
  now: foundRecordSchema.nullable(),
});
export type ChangeRecord = z.infer<typeof changeRecordSchema>;

/** What a finished restore did: enough to take it back. */
const treeTextSchema = z.object({
  root: z.number().int().nonnegative(),
  path: z.string(),
  deviceId: z.string(),
  lines: z.string(),
});

const storedRecordSchema = z.object({
  version: z.literal(version),
  head: restoreHeadSchema,
  finishedAt: instantSchema,
  /** It did not come to its end by itself; what it did is listed all the same. */
  interrupted: z.boolean(),
  undoneBy: runIdSchema.nullable(),
  changes: z.array(changeRecordSchema),
  /** Folders that were made with everything in them: all of it is added. None in what was written before there were any. */
  trees: z.array(treeTextSchema).default([]),
});
type StoredRecord = z.infer<typeof storedRecordSchema>;

export type RestoreRecord = StoredRecord;

type NewRecord = Omit<RestoreRecord, 'version' | 'undoneBy' | 'changes' | 'trees'> & {
  readonly changes: Iterable<ChangeRecord>;
  readonly trees?: RestoreRecord['trees'];
};

/** Everything that was changed, entry by entry. */
export function* changesOf({
  changes,
  trees,
}: Pick<RestoreRecord, 'changes' | 'trees'>): Generator<ChangeRecord, void> {
  yield* changes;
  for (const tree of trees)
    for (const { path, now } of entriesOfTree(tree)) yield { root: tree.root, path, change: 'added', now };
}

export function changesIn({ changes, trees }: Pick<RestoreRecord, 'changes' | 'trees'>): number {
  return trees.reduce((sum, tree) => sum + countOfTree(tree), changes.length);
}

export function newRecord<Parts extends NewRecord>(
  parts: Parts,
): Parts & Pick<RestoreRecord, 'version' | 'undoneBy' | 'trees'> {
  return { version, undoneBy: null, ...parts, trees: parts.trees ?? [] };
}

/** Characters of it that are written at a time: a restore may have changed millions of entries. */
const writtenAtOnce = 256 * 1024;

/** Records of finished restores, one file each. */
export class RestoreRecords {
  readonly #directory: string;

  constructor(stateDirectory: string) {
    this.#directory = join(stateDirectory, 'restores');
  }

  /** Durable when this returns; replaces an earlier record of the same run. */
  save({
    changes,
    trees,
    ...record
  }: Omit<RestoreRecord, 'changes'> & { readonly changes: Iterable<ChangeRecord> }): void {
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    const path = this.#pathOf(record.head.runId);
    const fd = openSync(`${path}.new`, 'w', 0o600);
    try {
      let text = JSON.stringify(record).slice(0, -1);
      for (const [name, parts] of Object.entries({ changes, trees })) {
        let separator = `,"${name}":[`;
        for (const part of parts) {
          text += separator + JSON.stringify(part);
          separator = ',';
          if (text.length < writtenAtOnce) continue;
          writeFileSync(fd, text);
          text = '';
        }
        text += separator === ',' ? ']' : `${separator}]`;
      }
      writeFileSync(fd, `${text}}`);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(`${path}.new`, path);
    syncDirectory(this.#directory);
  }

  /** Undefined when there is none, or it cannot be read any more. */
  load(runId: RunId): RestoreRecord | undefined {
    try {
      return storedRecordSchema.safeParse(JSON.parse(readFileSync(this.#pathOf(runId), 'utf8'))).data;
    } catch (error) {
      if (hasCode(error, 'ENOENT') || error instanceof SyntaxError) return undefined;
      throw error;
    }
  }

  /**
   * Keeps every other helper from taking the same restore back until `use` has settled: its record is locked. `busy` when
   * somebody has it. What was read of the record before may be old news in `use`.
   */
  async whileLocked<T>(runId: RunId, use: () => Promise<T>): Promise<T> {
    const fd = this.#lock(runId);
    try {
      return await use();
    } finally {
      if (fd !== undefined) closeSync(fd);
    }
  }

  /** Undefined when there is no record, so that nothing needs to be kept from anybody. */
  #lock(runId: RunId): number | undefined {
    for (;;) {
      let fd: number;
      try {
        fd = openSync(this.#pathOf(runId), 'r');
      } catch (error) {
        if (hasCode(error, 'ENOENT')) return undefined;
        throw error;
      }
      try {
        if (!tryFileLock(fd)) throw beingTakenBack();
        if (fstatSync(fd).nlink > 0) return fd;
      } catch (error) {
        closeSync(fd);
        throw error;
      }
      // Another record took its place between the two calls: that one counts.
      closeSync(fd);
    }
  }

  /** Newest first. Those that are too old are removed. */
  list(nowMs: number): readonly RestoreRecord[] {
    const records: RestoreRecord[] = [];
    for (const runId of this.#runIds()) {
      const record = this.load(runId);
      if (!record) continue;
      if (nowMs - instantToMs(record.finishedAt) > keptDays * 86_400_000) rmSync(this.#pathOf(runId), { force: true });
      else records.push(record);
    }
    return records.sort((a, b) => instantToMs(b.finishedAt) - instantToMs(a.finishedAt));
  }

  #runIds(): readonly RunId[] {
    try {
      return readdirSync(this.#directory)
        .filter((name) => name.endsWith('.json'))
        .flatMap((name) => runIdSchema.safeParse(name.slice(0, -'.json'.length)).data ?? []);
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return [];
      throw error;
    }
  }

  #pathOf(runId: RunId): string {
    return join(this.#directory, `${runId}.json`);
  }
}

/** Whether it can be taken back at all: with nothing kept safe, only a restore that merely added can. */
export function isUndoable(record: RestoreRecord): boolean {
  return changesIn(record) > 0 && !record.head.safetyRefused;
}

export function undoableOf(record: RestoreRecord): UndoableRestore {
  const { head, finishedAt, changes, undoneBy } = record;
  const shown = (kind: ChangeRecord['change']): number => changes.filter(({ change }) => change === kind).length;
  return {
    runId: head.runId,
    repositoryId: head.repositoryId,
    safetySnapshotId: head.safetySnapshotId,
    restoredSnapshotId: head.restoredSnapshotId,
    targetPath: head.targetPath,
    finishedAt,
    replaced: shown('replaced') + shown('metadata'),
    added: shown('added') + changesIn(record) - changes.length,
    deleted: shown('deleted'),
    undoneBy,
  };
}
