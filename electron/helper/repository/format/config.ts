import type { RepositoryId } from '../../../../shared/domain/ids.ts';
import { damaged, unsupported } from '../failures.ts';
import { parseObject, stringField, uint32Field } from './fields.ts';
import { parseRepositoryId } from './ids.ts';
import { encodeJson } from './json.ts';
import type { FormatVersion } from './unpacked.ts';

export interface RepositoryConfig {
  readonly version: FormatVersion;
  readonly id: RepositoryId;
  /** Restic's chunker parameter, hex. Kept for restic; our own chunker does not use it. */
  readonly chunkerPolynomial: string;
  /** Version of our chunker this repository was made with; undefined in a repository that restic made. */
  readonly chunkerVersion: number | undefined;
}

/** Restic ignores fields it does not know, so the chunker's version can stand here. */
export function encodeConfig(config: RepositoryConfig): string {
  return encodeJson({
    version: config.version,
    id: config.id,
    chunker_polynomial: config.chunkerPolynomial,
    stillpoint_chunker: config.chunkerVersion,
  });
}

export function decodeConfig(text: string): RepositoryConfig {
  const where = 'The repository configuration';
  const object = parseObject(text, where);
  const version = uint32Field(object, 'version', where);
  if (version > 2) throw unsupported(`The repository has format version ${version}; this program knows 1 and 2.`);
  if (version !== 1 && version !== 2) throw damaged(`${where} names no valid format version.`);
  const chunkerVersion = object.stillpoint_chunker;
  return {
    version,
    id: parseRepositoryId(object.id, `${where}, id,`),
    chunkerPolynomial: stringField(object, 'chunker_polynomial', where),
    chunkerVersion: typeof chunkerVersion === 'number' ? chunkerVersion : undefined,
  };
}
