import { describe, expect, it } from 'vitest';
import { buildScene } from '../../testing/model/scenes.ts';
import { sourceLine } from './source-line.ts';

const now = new Date(2026, 10, 20, 9, 41).getTime();

function lineOf(scene: Parameters<typeof buildScene>[0], name: string, changes: object = {}): object {
  const world = buildScene(scene, now);
  const source = world.sources.find((candidate) => candidate.name === name);
  if (source === undefined) throw new Error(`there is no ${name}`);
  return sourceLine({ ...source, ...changes }, world.runs, now);
}

describe('the line under the name of a source', () => {
  it('says when it runs next, as the scheduler has it', () => {
    expect(lineOf('normal', 'Documents')).toMatchObject({ kind: 'good', next: new Date(2026, 10, 20, 10).getTime() });
    expect(lineOf('paused', 'Documents')).toMatchObject({ next: new Date(2026, 10, 20, 18).getTime() });
    expect(lineOf('normal', 'Documents', { nextRunAt: now - 1 })).toMatchObject({ next: null });
  });

  it('says since when it is late and what stands in the way', () => {
    expect(lineOf('late', 'Documents')).toEqual({
      kind: 'late',
      since: new Date(2026, 10, 18, 9).getTime(),
      why: 'Waiting for Backup disk',
    });
  });

  it('says what a run that is owed waits for while all is still well', () => {
    const why = 'Waiting for mains power';
    expect(lineOf('normal', 'Documents', { heldBack: why })).toMatchObject({ kind: 'held-back', why });
    expect(lineOf('normal', 'Documents', { heldBack: why, health: 'weaker' })).toMatchObject({ kind: 'trouble' });
  });
});
