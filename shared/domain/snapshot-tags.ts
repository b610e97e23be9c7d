import type { RunId, SourceId } from './ids.ts';
import { runIdSchema, sourceIdSchema } from './ids.ts';
import { type ConsistencyLevel, consistencyLevelSchema } from './level.ts';

/**
 * What Stillpoint writes into a snapshot's tags, so that any program can list by it and the catalog can be rebuilt
 * without opening a tree. Restic separates tags by commas on its command line, so no tag holds one.
 */
export interface SnapshotTags {
  readonly runId: RunId | null;
  readonly sourceId: SourceId | null;
  readonly level: ConsistencyLevel | null;
  readonly safety: boolean;
  readonly pinned: boolean;
}

const marker = 'stillpoint:1';
const pinTag = 'pin';
const safetyTag = 'stillpoint-safety';

export function encodeSnapshotTags(tags: SnapshotTags): string[] {
  const result: string[] = [marker];
  if (tags.runId) result.push(`run:${tags.runId}`);
  if (tags.sourceId) result.push(`source:${tags.sourceId}`);
  if (tags.level) result.push(`level:${tags.level}`);
  if (tags.safety) result.push(safetyTag);
  if (tags.pinned) result.push(pinTag);
  return result;
}

/** Tags of other programs, and ours that make no sense, count as absent: a wrong tag must not become a claim. */
export function decodeSnapshotTags(tags: readonly string[]): SnapshotTags {
  const ours = tags.includes(marker);
  const value = (prefix: string): string | undefined =>
    ours ? tags.find((tag) => tag.startsWith(`${prefix}:`))?.slice(prefix.length + 1) : undefined;
  return {
    runId: runIdSchema.safeParse(value('run')).data ?? null,
    sourceId: sourceIdSchema.safeParse(value('source')).data ?? null,
    level: consistencyLevelSchema.safeParse(value('level')).data ?? null,
    safety: ours && tags.includes(safetyTag),
    pinned: tags.includes(pinTag),
  };
}

export function withPin(tags: readonly string[], pinned: boolean): string[] {
  const others = tags.filter((tag) => tag !== pinTag);
  return pinned ? [...others, pinTag] : others;
}
