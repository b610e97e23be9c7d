import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runIdSchema, sourceIdSchema } from '../../../shared/domain/ids.ts';
import type { RunEvent } from '../../../shared/domain/run.ts';
import { memoryRegistry } from '../authority/registry.ts';
import { parseRegistry } from '../authority/registry-file.ts';
import { composeHelper } from '../compose.ts';
import { createHandlers } from '../handlers.ts';
import { dispatch } from '../server/dispatch.ts';

/**
 * A process that makes a backup with what TOP/registry.json registers, and is killed between its publishing and its
 * forgetting: `run-kept-backup.ts TOP SOURCE_ID RUN_ID`. Ends with 0 when nothing was to be forgotten.
 */
const [top = '', source, run] = process.argv.slice(2);
const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
const file = join(top, 'registry.json');
const { sources, repositories } = parseRegistry(readFileSync(file, 'utf8'), file);
const registry = memoryRegistry();
for (const each of repositories) registry.putRepository(each);
for (const each of sources) registry.putSource(each);
const context = composeHelper({
  caller: { uid, gid, elevatedFor: false },
  account: { name: 'root', uid, gid, home: top },
  registry,
  directories: {
    ...{
      registryFile: join(top, 'state/registry.json'),
      scheduleConsentFile: join(top, 'state/consent.json'),
      snapshotRecords: join(top, 'state/snapshots'),
    },
    ...{ restores: join(top, 'state/restores'), scratch: join(top, 'state/scratch'), own: [join(top, 'state')] },
  },
  program: import.meta.filename,
  kdf: 'test',
});
const handlers = createHandlers(context);
const call = (command: string, params: unknown): Promise<unknown> =>
  dispatch(handlers, { require: async () => {} }, { command, params }, { signal: new AbortController().signal, emit });
const emit = async (event: unknown): Promise<void> => {
  const { type, ...rest } = event as RunEvent;
  if (type === 'phase-started' && 'phase' in rest && rest.phase === 'forget') process.kill(process.pid, 'SIGKILL');
};
await call('repositories.unlock', { id: repositories[0]?.id, password: 'p' });
await call('backup.run', {
  ...{ sourceId: sourceIdSchema.parse(source), runId: runIdSchema.parse(run) },
  ...{ askedAt: '2026-11-20T02:00:00Z', trigger: 'person' },
});
context.sessions.close();
