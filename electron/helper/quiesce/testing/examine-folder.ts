import type { FilesystemSpec } from '../../../../shared/domain/source.ts';
import { createFilesystemSource, type FilesystemFacts } from '../../sources/index.ts';
import { plainFileOps } from '../../system/file-ops.ts';

/** Facts of a folder, looked at with the rights of the test. */
export function examineFolder(
  path: string,
  options: { readonly own?: readonly string[]; readonly excludes?: readonly string[] } = {},
): Promise<FilesystemFacts> {
  const source = createFilesystemSource({ files: plainFileOps });
  const spec: FilesystemSpec = {
    kind: 'filesystem',
    path,
    excludes: [...(options.excludes ?? [])],
    excludePresets: [],
    ignoreLines: [],
  };
  return source.examine(spec, { own: { paths: options.own ?? [] }, signal: new AbortController().signal });
}
