import { type Instant, msToInstant } from '../../../../shared/domain/time.ts';
import { throwIfAborted } from '../../../../shared/errors/index.ts';
import type { EntryMeta, QuiesceMethod, StillContent, StillEntry } from '../../quiesce/contract.ts';
import type { SourceFacts, SourceKind } from '../contract.ts';
import { madeUpMeta } from './made-up-meta.ts';
import type { MemoryDatabase } from './memory-database.ts';

export interface MemoryDatabaseSpec {
  readonly kind: 'memory-database';
  readonly name: string;
}

export interface MemoryDatabaseFacts extends SourceFacts {
  readonly database: MemoryDatabase;
  /** What no filesystem has: where its log stands. */
  readonly position: number;
}

export function memoryDatabaseSource(
  databases: ReadonlyMap<string, MemoryDatabase>,
): SourceKind<MemoryDatabaseSpec, MemoryDatabaseFacts> {
  return {
    kind: 'memory-database',
    async examine(spec) {
      const database = databases.get(spec.name);
      if (database === undefined) throw new Error(`there is no database ${spec.name}`);
      const sizes = database.fileNames().map((name) => database.readFile(name)?.length ?? 0);
      return {
        kind: 'memory-database',
        location: `memory://${spec.name}`,
        filesystem: 'memory',
        mountPoint: '',
        device: '',
        leftOut: [],
        files: sizes.length,
        bytes: sizes.reduce((sum, size) => sum + size, 0),
        counted: true,
        database,
        position: database.position,
      };
    },
  };
}

/** The database names its files and keeps them; writes go on. What it names is one moment by its own word. */
export const memoryDatabaseBackup: QuiesceMethod<MemoryDatabaseFacts> = {
  name: 'tarantool-backup',

  async preflight(facts) {
    return {
      method: 'tarantool-backup',
      available: !facts.database.isBackupOpen,
      level: 'application',
      expectedStallMs: 0,
      reasons: facts.database.isBackupOpen ? ['Another backup of this database is under way.'] : [],
      remedies: [],
    };
  },

  async withStillView({ database, location }, _lease, { signal, report }, use) {
    throwIfAborted(signal);
    const { position, files } = await report.phase('freeze', async () => database.beginBackup());
    const stillPoint: Instant = msToInstant(Date.now());
    try {
      throwIfAborted(signal);
      const value = await use({
        ancestors: [],
        root: {
          name: Buffer.from(location.replace('memory://', '')),
          meta: madeUpMeta('dir', 0),
          children: () => entriesOf(database, files),
          content: null,
          reusable: false,
        },
        unreadable: () => [],
      });
      throwIfAborted(signal);
      return {
        value,
        evidence: {
          hold: null,
          observation: null,
          agreement: { application: 'Memory database', position: String(position), confirmed: true },
          atomic: null,
          flushedAt: null,
          stillPoint,
          leftOut: [],
          leftOutTotal: 0,
          detail: { position, files: files.length },
          machine: { filesystem: 'memory', mountPoint: '', device: '' },
          rereadTotal: 0,
        },
      };
    } finally {
      database.endBackup();
    }
  },
};

async function* entriesOf(database: MemoryDatabase, names: readonly string[]): AsyncIterable<StillEntry> {
  for (const name of names)
    yield {
      name: Buffer.from(name),
      meta: madeUpMeta('file', database.readFile(name)?.length ?? 0),
      children: null,
      content: contentOf(database, name),
      // A checkpoint file never changes once it has its name; a log does.
      reusable: name.endsWith('.snap'),
    };
}

/** The tail of a log may have grown since it was listed: what is read is what it was when the reading began. */
function contentOf(database: MemoryDatabase, name: string): StillContent {
  return {
    base: null,
    async readInto(sink) {
      const bytes = database.readFile(name);
      if (bytes === undefined) return { state: 'vanished' };
      for (let at = 0; at < bytes.length; at += 64) await sink.data(bytes.subarray(at, at + 64));
      const meta: EntryMeta = madeUpMeta('file', bytes.length);
      return { state: 'whole', meta };
    },
  };
}
