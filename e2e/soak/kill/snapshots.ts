import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { checkPrefix, type WriterPlan } from '../../../electron/helper/quiesce/testing/ordered-writer/index.ts';
import { decodeSnapshotTags } from '../../../shared/domain/snapshot-tags.ts';
import type { Place } from '../../harness/place.ts';
import { restic } from '../../headless/restic.ts';

interface Listed {
  readonly id: string;
  readonly tags?: readonly string[];
}

/** Snapshots as restic lists them: what a struck backup has published, whoever was told of it. */
export async function snapshotIds(place: Place): Promise<ReadonlyMap<string, string>> {
  const { code, text } = await restic(place, 'snapshots', '--json', '--no-lock');
  if (code !== 0) throw new Error(text);
  const listed = JSON.parse(text.slice(text.indexOf('['))) as readonly Listed[];
  return new Map(listed.map(({ id, tags = [] }) => [id, String(decodeSnapshotTags(tags).level)]));
}

/** Those of these snapshots that claim one instant and do not hold one. `directory`: where the writer wrote. */
export async function mislabelled(
  place: Place,
  snapshots: ReadonlyMap<string, string>,
  directory: string,
  plan: WriterPlan,
): Promise<string[]> {
  const wrong: string[] = [];
  for (const [id, level] of snapshots) {
    if (!['application', 'filesystem', 'observed-static'].includes(level)) continue;
    const copy = join(place.path, 'restored');
    try {
      const restored = await restic(place, 'restore', id, '--target', copy, '--include', directory, '--no-lock');
      if (restored.code !== 0) throw new Error(restored.text);
      const { isPrefix, problems } = checkPrefix(join(copy, directory), plan);
      if (!isPrefix) wrong.push(`${id.slice(0, 8)} is called ${level}: ${problems[0]}`);
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  }
  return wrong;
}
