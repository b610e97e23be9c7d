import { createHash } from 'node:crypto';
import type { FilesystemSpec } from '../../../../shared/domain/source.ts';
import type { FilesystemFacts } from '../../sources/filesystem/facts.ts';

/** One folder, whatever is left out of it. */
export function placeId({ deviceId, inode }: Pick<FilesystemFacts, 'deviceId' | 'inode'>): string {
  return `${deviceId}/${inode}`;
}

/** One folder with one set of rules: what a picture is of. */
export function sourceId(source: Pick<FilesystemFacts, 'spec' | 'deviceId' | 'inode'>): string {
  return `${placeId(source)}/${createHash('sha256').update(rulesText(source.spec)).digest('hex')}`;
}

/** A folder and its rules as text, to be compared. Lists without an order are sorted; own rules have one. */
export function rulesText({ path, excludes, excludePresets, ignoreLines, limits }: FilesystemSpec): string {
  const further = limits === undefined ? [] : [limits.largerThan, limits.noDump];
  return JSON.stringify([path, [...excludes].sort(), [...excludePresets].sort(), ignoreLines, ...further]);
}
