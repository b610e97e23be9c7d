import { type FilesystemSpec, filesystemSpec } from '../../../../shared/domain/source.ts';
import { createFilesystemSource, type FilesystemFacts } from '../../sources/index.ts';
import { plainFileOps } from '../../system/file-ops.ts';

/** Facts of a folder, looked at with the rights of the test. Nothing is left out unless it is asked for. */
export function examineFolder(
  path: string,
  options: Partial<Omit<FilesystemSpec, 'kind' | 'path'>> & { readonly own?: readonly string[] } = {},
): Promise<FilesystemFacts> {
  const source = createFilesystemSource({ files: plainFileOps });
  const { own = [], ...overrides } = options;
  const spec = filesystemSpec(path, { excludePresets: [], ...overrides });
  return source.examine(spec, { own: { paths: own }, signal: new AbortController().signal });
}
