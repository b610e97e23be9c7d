import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { evidenceSchema } from '../../shared/domain/evidence.ts';
import { defaultPolicy, type Policy } from '../../shared/domain/policy.ts';
import { weekdays } from '../../shared/domain/schedule/schedule.ts';
import { defaultStillRules, type StillRules } from '../../shared/domain/still-rules.ts';
import { instantToNs } from '../../shared/domain/time.ts';
import { type FakeLogind, startFakeLogind, whyNoFakeLogind } from './system/testing/fake-logind.ts';
import { type LoopFilesystem, openLoopFilesystem, whyNoLoopFilesystem } from './system/testing/loop-filesystem.ts';
import { ElevatedScene } from './testing/elevated-scene.ts';

const missing = whyNoFakeLogind() ?? whyNoLoopFilesystem('ext4');

describe.skipIf(missing !== undefined)(missing ?? 'hooks and rules of holding, in a helper with more rights', () => {
  let filesystem: LoopFilesystem;
  let logind: FakeLogind;
  let scene: ElevatedScene;
  beforeAll(async () => {
    filesystem = await openLoopFilesystem({ type: 'ext4', sizeMiB: 32 });
    logind = await startFakeLogind();
  });
  afterAll(async () => {
    await logind?.[Symbol.asyncDispose]();
    await filesystem?.close();
  });
  beforeEach(async () => {
    scene = new ElevatedScene(filesystem, logind.bus);
    mkdirSync(scene.hooks, { mode: 0o755 });
    chmodSync(scene.hooks, 0o755);
    await scene.protect();
  });
  afterEach(() => scene.close());

  /** Writes to the source's filesystem, which waits for ever where it is frozen, and notes when it was done. */
  function addHook(name: string, script = ''): void {
    const path = join(scene.hooks, name);
    const note = `echo "$(date +%s%N) ${name} $1" >> ${join(scene.top, 'calls')}`;
    writeFileSync(path, `#!/bin/sh\ntouch ${join(scene.source, `by-${name}-$1`)} && ${note}\n${script}\n`);
    chmodSync(path, 0o755);
  }
  const calls = (): string[] =>
    existsSync(join(scene.top, 'calls')) ? readFileSync(join(scene.top, 'calls'), 'utf8').trim().split('\n') : [];

  function policy(still: Partial<StillRules>): Policy {
    if (!scene.repositoryId) throw new Error('nothing is protected');
    const usual = defaultPolicy(scene.repositoryId, 'filesystem');
    return { ...usual, longestStallMs: 3000, still: { ...defaultStillRules, ...still } };
  }
  function source(still: Partial<StillRules>) {
    if (!scene.sourceId) throw new Error('nothing is protected');
    const spec = { kind: 'filesystem' as const, path: scene.source, excludes: [], excludePresets: [], ignoreLines: [] };
    return { id: scene.sourceId, name: 'Service', spec, policy: policy(still) };
  }

  it('are called before writers wait and after they run again, and what they write is in the snapshot', async () => {
    addHook('10-a');
    addHook('20-b');
    await scene.call('sources.update', source({ hooks: ['20-b', '10-a'] }));
    const { evidence, notes, result } = await scene.backUp('person');
    expect(result).toMatchObject({ outcome: 'done', level: 'filesystem', warningsTotal: 0 });
    expect(evidenceSchema.parse(evidence).hooks.map(({ name, when, ok }) => [name, when, ok])).toEqual([
      ['10-a', 'freeze', true],
      ['20-b', 'freeze', true],
      ['20-b', 'thaw', true],
      ['10-a', 'thaw', true],
    ]);
    const at = calls().map((line) => BigInt(line.split(' ')[0] ?? ''));
    expect(at).toHaveLength(4);
    const { hold } = evidence;
    expect(at[1]).toBeLessThan(instantToNs(hold?.requestedAt ?? ''));
    expect(at[2]).toBeGreaterThan(instantToNs(hold?.thawedAt ?? ''));
    expect(evidence.method).toBe('precopy-freeze');
    expect(notes.filter((note) => note.includes('hook'))).toEqual([]);
    const repository = await scene.context.sessions.opened(scene.repositoryId ?? ('' as never));
    const [snapshot] = (await repository.snapshots.list()).snapshots;
    const names: string[] = [];
    for await (const { node } of repository.walk(snapshot?.tree ?? ('' as never))) names.push(node.name.toString());
    expect(names).toEqual(expect.arrayContaining(['by-10-a-freeze', 'by-20-b-freeze']));
    expect(names).not.toContain('by-20-b-thaw');
  });

  it('that fail let the run go on without a pause, in words that name them', async () => {
    addHook('10-a', '[ "$1" = thaw ] || { echo no room left; exit 1; }');
    await scene.call('sources.update', source({ hooks: ['10-a'] }));
    const { evidence, notes, result } = await scene.backUp('person');
    expect(evidence).toMatchObject({ method: 'live', hold: null });
    expect(evidence.whyNotStronger).toEqual([
      'Copying first and holding still for the rest was tried and given up, and so was holding still for the whole copy: The hook 10-a failed before the pause (exit code 1). Nothing was held still.',
    ]);
    expect(evidence.hooks.map(({ when, ok }) => [when, ok])).toEqual([
      ['freeze', false],
      ['thaw', true],
    ]);
    expect(notes).toContain('The hook 10-a (freeze) says: no room left');
    expect(result).toMatchObject({ outcome: 'warnings', warnings: [{ code: 'weaker-than-required' }] });
  });

  it('are named by whoever an administrator agreed to only, and only where they can be called', async () => {
    addHook('10-a');
    expect(await scene.call('hooks.list', {})).toEqual({
      folder: scene.hooks,
      problem: '',
      hooks: [{ name: '10-a', problem: '' }],
    });
    const { id } = source({});
    const wider = scene.call('sources.setPolicy', { id, policy: policy({ hooks: ['10-a'] }) });
    await expect(wider).rejects.toMatchObject({ kind: 'not-permitted', field: 'policy.still.hooks' });
    await expect(scene.call('sources.update', source({ hooks: ['20-b'] }))).rejects.toMatchObject({
      kind: 'bad-input',
      field: 'policy.still.hooks',
      message: `The hook 20-b is not in ${scene.hooks}.`,
    });
    await scene.call('sources.update', source({ hooks: ['10-a'] }));
    await scene.call('sources.setPolicy', { id, policy: policy({}) });
    await expect(scene.call('sources.setPolicy', { id, policy: policy({ hooks: ['10-a'] }) })).rejects.toThrow(
      /administrator’s consent/,
    );
  });

  it('hold nobody at another time of day than was agreed to', async () => {
    // An hour that is not now, whatever the time.
    const hour = (new Date().getHours() + 12) % 24;
    const clock = (h: number): string => `${String(h % 24).padStart(2, '0')}:00`;
    const window = { days: [...weekdays], from: clock(hour), to: clock(hour + 1) };
    const { id } = source({});
    await scene.call('sources.setPolicy', { id, policy: policy({ windows: [window] }) });
    const { evidence, result } = await scene.backUp('person');
    const words = `Writers may be held between ${window.from} and ${window.to} only.`;
    expect(evidence).toMatchObject({ method: 'live', hold: null });
    expect(evidence.whyNotStronger.join()).toContain(words);
    expect(result).toMatchObject({ outcome: 'warnings', warnings: [{ code: 'weaker-than-required' }] });
    await expect(scene.call('sources.setPolicy', { id, policy: policy({}) })).rejects.toMatchObject({
      kind: 'not-permitted',
      field: 'policy.still.windows',
    });
    await scene.call('sources.update', source({}));
    expect((await scene.backUp('person')).evidence).toMatchObject({ level: 'filesystem', whyNotStronger: [] });
  });
});
