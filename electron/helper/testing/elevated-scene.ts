import { chmodSync, chownSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Evidence } from '../../../shared/domain/evidence.ts';
import { type RepositoryId, runIdSchema, type SourceId } from '../../../shared/domain/ids.ts';
import { defaultPolicy } from '../../../shared/domain/policy.ts';
import type { RunEvent, RunResult, RunTrigger } from '../../../shared/domain/run.ts';
import type { HelperCommandName, HelperParams, HelperResult } from '../../../shared/helper/contract.ts';
import { openRegistry } from '../authority/registry.ts';
import type { HelperContext } from '../commands/context.ts';
import { composeHelper } from '../compose.ts';
import { createHandlers } from '../handlers.ts';
import { readEvidence } from '../pipeline/read-evidence.ts';
import { guardBinary } from '../quiesce/guard/testing/guard-binary.ts';
import { dispatch } from '../server/dispatch.ts';
import type { SystemBus } from '../system/system-bus.ts';
import type { LoopFilesystem } from '../system/testing/loop-filesystem.ts';

const uid = 65_534;
let made = 0;

export interface ObservedRun {
  readonly result: RunResult;
  readonly events: readonly RunEvent[];
  readonly evidence: Evidence;
  readonly notes: readonly string[];
}

/** A helper with more rights than its caller, in which an administrator agrees to everything; polkit is elsewhere. */
export class ElevatedScene {
  readonly top = mkdtempSync(join(tmpdir(), 'stillpoint-unattended-'));
  readonly rules = join(this.top, 'rules.d');
  readonly hooks = join(this.top, 'hooks.d');
  readonly context: HelperContext;
  readonly source: string;
  repositoryId: RepositoryId | undefined;
  sourceId: SourceId | undefined;

  constructor(filesystem: LoopFilesystem, bus: SystemBus) {
    chmodSync(this.top, 0o755);
    mkdirSync(this.rules, { mode: 0o700 });
    mkdirSync(join(this.top, 'native'));
    copyFileSync(guardBinary(), join(this.top, 'native/stillpoint-guard'));
    const directories = {
      registryFile: join(this.top, 'state/registry.json'),
      scheduleConsentFile: join(this.top, 'state/consent.json'),
      snapshotRecords: join(this.top, 'state/snapshots'),
      restores: join(this.top, 'state/restores'),
      scratch: join(this.top, 'state/scratch'),
      own: [join(this.top, 'state')],
    };
    this.context = composeHelper({
      caller: { uid, gid: uid, elevatedFor: true },
      account: { name: 'nobody', uid, gid: uid, home: '/nonexistent' },
      registry: openRegistry(directories.registryFile),
      directories,
      program: join(this.top, 'helper/helper.js'),
      polkitRules: this.rules,
      hooksFolder: this.hooks,
      systemBus: bus,
      kdf: 'test',
    });
    this.source = join(filesystem.mountPoint, `source-${++made}`);
    mkdirSync(this.source);
    writeFileSync(join(this.source, 'file'), 'content');
  }

  async call<N extends HelperCommandName>(
    command: N,
    params: HelperParams<N>,
    emit: (event: unknown) => undefined = () => undefined,
  ): Promise<HelperResult<N>> {
    const agreed = { require: async () => {} };
    const { signal } = new AbortController();
    const answer = await dispatch(createHandlers(this.context), agreed, { command, params }, { signal, emit });
    return answer as HelperResult<N>;
  }

  async protect(): Promise<void> {
    const path = join(this.top, 'repository');
    mkdirSync(path);
    chownSync(path, uid, uid);
    const location = { kind: 'local' as const, path };
    const repository = await this.call('repositories.create', { name: 'R', location, password: 'p' });
    this.repositoryId = repository.id;
    const policy = { ...defaultPolicy(repository.id, 'filesystem'), longestStallMs: 3000 };
    const spec = { kind: 'filesystem' as const, path: this.source, excludes: [], excludePresets: [], ignoreLines: [] };
    const source = await this.call('sources.add', { name: 'Service', spec, policy });
    this.sourceId = source.id;
  }

  async backUp(trigger: RunTrigger): Promise<ObservedRun> {
    if (!this.sourceId || !this.repositoryId) throw new Error('nothing is protected');
    const events: RunEvent[] = [];
    const runId = runIdSchema.parse((++made).toString(16).padStart(32, '0'));
    const params = { sourceId: this.sourceId, runId, askedAt: '2026-11-20T02:00:00Z', trigger };
    const result = await this.call('backup.run', params, (event) => void events.push(event as RunEvent));
    const repository = await this.context.sessions.opened(this.repositoryId);
    const { snapshots } = await repository.snapshots.list();
    const snapshot = snapshots.find(({ id }) => id === result.snapshotId);
    if (!snapshot) throw new Error(`no snapshot: ${result.summary}`);
    const evidence = (await readEvidence(repository, snapshot.tree)) as Evidence;
    return { result, events, evidence, notes: events.flatMap((event) => (event.type === 'note' ? [event.text] : [])) };
  }

  close(): void {
    this.context.sessions.close();
    rmSync(this.top, { recursive: true, force: true });
  }
}
