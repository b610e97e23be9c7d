import type { RepositoryId, RunId, SnapshotId, SourceId } from '../../../shared/domain/ids.ts';
import { seeded } from './random.ts';

export const repositoryIdOf = (name: string): RepositoryId => seeded(`repository ${name}`).hex(64) as RepositoryId;
export const snapshotIdOf = (name: string): SnapshotId => seeded(`snapshot ${name}`).hex(64) as SnapshotId;
export const runIdOf = (name: string): RunId => seeded(`run ${name}`).hex(32) as RunId;
export const sourceIdOf = (name: string): SourceId => name as SourceId;
