import { describe, expect, it } from 'vitest';
import { excludePresets } from '../../../shared/domain/excludes/presets.ts';
import type { RepositoryId } from '../../../shared/domain/ids.ts';
import { defaultPolicy } from '../../../shared/domain/policy.ts';
import type { Preflight } from '../../../shared/domain/preflight.ts';
import {
  draftOf,
  draftProblem,
  emptyDraft,
  isSameSpec,
  linesOf,
  lookablePlace,
  nameFor,
  placeSpecOf,
  requiredLevelAfter,
  requiredLevelFor,
  specOf,
  withPath,
} from './source-draft.ts';

const home = '/home/ana';
const names = { home: 'Home', system: 'System' };

describe('a source being described', () => {
  it('takes its name from the folder until a name is typed', () => {
    const draft = emptyDraft(home, home, names);
    expect(draft.name).toBe('Home');
    expect(withPath(draft, '/srv/www/', home, names).name).toBe('www');
    expect(withPath({ ...draft, name: 'Mine', nameTyped: true }, '/srv/www', home, names).name).toBe('Mine');
    expect(nameFor('/', home, names)).toBe('System');
  });

  it('leaves out by presets until somebody takes one away, whatever the folder', () => {
    expect(emptyDraft(home, home, names).excludePresets).toEqual(excludePresets);
    const fewer = { ...emptyDraft(home, home, names), excludePresets: ['trash'] as const };
    expect(withPath(fewer, '/srv', home, names).excludePresets).toEqual(['trash']);
  });

  it('drops excluded folders that another folder does not hold', () => {
    const draft = { ...emptyDraft(home, home, names), excludes: ['/home/ana/tmp', '/home/ana/Documents/tmp'] };
    expect(withPath(draft, '/home/ana/Documents', home, names).excludes).toEqual(['/home/ana/Documents/tmp']);
    expect(withPath(draft, '/home/an', home, names).excludes).toEqual([]);
  });

  it('keeps the number of every line of own rules, and drops what is empty at the end', () => {
    expect(linesOf('# videos\n\n*.mkv\r\n\n  \n')).toEqual(['# videos', '', '*.mkv']);
    expect(linesOf(' \n')).toEqual([]);
    const spec = { ...emptyDraft(home, home, names), ignoreText: '*.iso\n' };
    expect(draftOf('Home', specOf(spec)).ignoreText).toBe('*.iso');
  });

  it('names what is missing', () => {
    const draft = emptyDraft(home, home, names);
    expect(draftProblem(draft)).toBeNull();
    expect(draftProblem({ ...draft, path: '' })).toBe('no-path');
    expect(draftProblem({ ...draft, path: 'Documents' })).toBe('relative-path');
    expect(draftProblem({ ...draft, name: '  ' })).toBe('no-name');
    expect(draftProblem({ ...draft, ignoreText: '*.iso\nbad\\' })).toBe('wrong-rule');
    expect(lookablePlace({ ...draft, ignoreText: '*.iso\nbad\\\n/x/' }).ignoreLines).toEqual(['*.iso', '', '/x/']);
  });

  it('does not require of a watched copy what depends on others', () => {
    const chosen = (method: string, level: string): Preflight =>
      ({ chosen: { method, level } }) as unknown as Preflight;
    expect(requiredLevelFor(chosen('live', 'observed-static'))).toBe('per-file');
    expect(requiredLevelFor(chosen('precopy-freeze', 'filesystem'))).toBe('filesystem');
  });

  it('asks of a changed source no less than before, unless folder or pause are others', () => {
    const reached = (method: string, level: string): Preflight =>
      ({ chosen: { method, level } }) as unknown as Preflight;
    const before = defaultPolicy('a'.repeat(64) as RepositoryId, 'filesystem');
    expect(requiredLevelAfter(before, true, reached('live', 'observed-static'))).toBe('filesystem');
    expect(requiredLevelAfter(before, false, reached('live', 'observed-static'))).toBe('per-file');
    const weak = { ...before, requiredLevel: 'per-file' as const };
    expect(requiredLevelAfter(weak, true, reached('precopy-freeze', 'filesystem'))).toBe('filesystem');
  });

  it('is the same as before unless something is left out that was not, or in another order of rules', () => {
    const spec = placeSpecOf({ ...emptyDraft(home, home, names), ignoreText: '*.iso\n!keep.iso' });
    expect(isSameSpec(spec, { ...spec, excludePresets: spec.excludePresets.toReversed() })).toBe(true);
    expect(isSameSpec(spec, { ...spec, ignoreLines: spec.ignoreLines.toReversed() })).toBe(false);
    expect(isSameSpec(spec, { ...spec, excludes: ['/home/ana/tmp'] })).toBe(false);
    expect(isSameSpec(spec, { ...spec, excludePresets: [] })).toBe(false);
  });
});
