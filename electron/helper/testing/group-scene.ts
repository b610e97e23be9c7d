import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Evidence, evidenceSchema } from '../../../shared/domain/evidence.ts';
import { type RepositoryId, runIdSchema, type SnapshotId, type SourceId } from '../../../shared/domain/ids.ts';
import { defaultPolicy, type Policy } from '../../../shared/domain/policy.ts';
import type { RestoreTarget } from '../../../shared/domain/restore.ts';
import type { RunEvent, RunResult } from '../../../shared/domain/run.ts';
import { filesystemSpec, type GroupSpec } from '../../../shared/domain/source.ts';
import { defaultStillRules } from '../../../shared/domain/still-rules.ts';
import type { HelperCommandName, HelperParams, HelperResult } from '../../../shared/helper/contract.ts';
import { memoryRegistry } from '../authority/registry.ts';
import type { HelperContext } from '../commands/context.ts';
import { composeHelper } from '../compose.ts';
import { createHandlers } from '../handlers.ts';
import { guardBinary } from '../quiesce/guard/testing/guard-binary.ts';
import { dispatch } from '../server/dispatch.ts';
import type { Handlers } from '../server/service.ts';

export interface GroupBackup {
  readonly result: RunResult;
  readonly snapshotId: SnapshotId;
  readonly evidence: Evidence;
}

let runs = 0;

/** Writers and other tests keep the disk busy; nothing is waited for. */
const still = { ...defaultStillRules, busyDisk: { waitSeconds: 0, afterwards: 'hold' as const } };

const newRun = () => ({
  runId: runIdSchema.parse((++runs).toString(16).padStart(32, '0')),
  askedAt: '2026-11-20T02:00:00Z',
});

export function groupOf(...paths: readonly string[]): GroupSpec {
  return { kind: 'group', members: paths.map((path) => filesystemSpec(path)) };
}

/** The whole helper in this process, as it is composed for whoever runs it, with a repository of its own. */
export class GroupScene {
  readonly top = mkdtempSync(join(tmpdir(), 'stillpoint-groups-'));
  readonly repositoryPath: string;
  readonly context: HelperContext;
  repositoryId: RepositoryId | undefined;
  readonly #handlers: Handlers;

  /** `repositoryPath`: elsewhere, for example inside a source. */
  constructor(repositoryPath?: string) {
    this.repositoryPath = repositoryPath ?? join(this.top, 'repository');
    mkdirSync(join(this.top, 'native'));
    copyFileSync(guardBinary(), join(this.top, 'native/stillpoint-guard'));
    const [uid, gid] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
    const state = join(this.top, 'state');
    this.context = composeHelper({
      caller: { uid, gid, elevatedFor: false },
      account: { name: 'root', uid, gid, home: this.top },
      registry: memoryRegistry(),
      directories: {
        ...{ registryFile: join(state, 'registry.json'), scheduleConsentFile: join(state, 'consent.json') },
        ...{ snapshotRecords: join(state, 'snapshots'), restores: join(state, 'restores') },
        ...{ scratch: join(state, 'scratch'), own: [state] },
      },
      program: join(this.top, 'helper/helper.js'),
      // Nobody's sleep is announced here.
      systemBus: { address: `unix:path=${join(this.top, 'no-bus')}` },
      kdf: 'test',
    });
    this.#handlers = createHandlers(this.context);
  }

  async call<N extends HelperCommandName>(
    command: N,
    params: HelperParams<N>,
    emit: (event: unknown) => undefined = () => undefined,
  ): Promise<HelperResult<N>> {
    const { signal } = new AbortController();
    const agreed = { require: async () => {} };
    const answer = await dispatch(this.#handlers, agreed, { command, params }, { signal, emit });
    return answer as HelperResult<N>;
  }

  async repository(): Promise<RepositoryId> {
    if (this.repositoryId === undefined) {
      const location = { kind: 'local' as const, path: this.repositoryPath };
      this.repositoryId = (await this.call('repositories.create', { name: 'R', location, password: 'p' })).id;
    }
    return this.repositoryId;
  }

  async policy(more: Partial<Policy> = {}): Promise<Policy> {
    return { ...defaultPolicy(await this.repository(), 'per-file'), longestStallMs: 3000, still, ...more };
  }

  async protect(spec: GroupSpec, name = 'Shop'): Promise<SourceId> {
    return (await this.call('sources.add', { name, spec, policy: await this.policy() })).id;
  }

  async backUp(sourceId: SourceId): Promise<GroupBackup & { readonly events: readonly RunEvent[] }> {
    const events: RunEvent[] = [];
    const result = await this.call(
      'backup.run',
      { sourceId, ...newRun(), trigger: 'person' },
      (event) => void events.push(event as RunEvent),
    );
    if (result.snapshotId === null) throw new Error(`no snapshot: ${result.summary} ${result.error?.message}`);
    const repositoryId = await this.repository();
    const { evidence } = await this.call('snapshots.evidence', { repositoryId, snapshotId: result.snapshotId });
    return { result, snapshotId: result.snapshotId, evidence: evidenceSchema.parse(evidence), events };
  }

  async restore(
    snapshotId: SnapshotId,
    more: { target?: RestoreTarget; selection?: readonly string[]; mode?: 'keep' | 'exact' } = {},
  ) {
    const repositoryId = await this.repository();
    const { target = { kind: 'original' }, selection = [], mode = 'keep' } = more;
    const point = { repositoryId, snapshotId, instant: null };
    const plan = await this.call('restore.plan', { point, selection: [...selection], target, mode });
    const run = { planId: plan.planId, ...newRun(), unticked: [], safetySnapshot: true };
    return { plan, runId: run.runId, result: await this.call('restore.run', run) };
  }

  async undo(restoreRunId: RunResult['runId']): Promise<RunResult> {
    return this.call('restore.undo', { restoreRunId, ...newRun() });
  }

  close(): void {
    this.context.sessions.close();
    rmSync(this.top, { recursive: true, force: true });
  }
}
