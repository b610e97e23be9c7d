import { describe, expect, it } from 'vitest';
import type { Preflight } from '../../../shared/domain/preflight.ts';
import { draftProblem, emptyDraft, excludePresets, nameFor, requiredLevelFor, withPath } from './source-draft.ts';

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

  it('leaves caches and trash out where the folder holds them', () => {
    expect(emptyDraft(home, home, names).excludes).toEqual(['/home/ana/.cache', '/home/ana/.local/share/Trash']);
    expect(emptyDraft('/home/ana/Documents', home, names).excludes).toEqual([]);
    expect(excludePresets('/', home)).toHaveLength(2);
    expect(excludePresets('/home/an', home)).toEqual([]);
  });

  it('drops excludes that another folder does not hold', () => {
    const draft = { ...emptyDraft(home, home, names), excludes: ['/home/ana/.cache', '/home/ana/Documents/tmp'] };
    expect(withPath(draft, '/home/ana/Documents', home, names).excludes).toEqual(['/home/ana/Documents/tmp']);
  });

  it('keeps an exclude that was taken away while the folder stays', () => {
    const draft = { ...emptyDraft(home, home, names), excludes: [] };
    expect(withPath(draft, home, home, names).excludes).toEqual([]);
  });

  it('names what is missing', () => {
    const draft = emptyDraft(home, home, names);
    expect(draftProblem(draft)).toBeNull();
    expect(draftProblem({ ...draft, path: '' })).toBe('no-path');
    expect(draftProblem({ ...draft, path: 'Documents' })).toBe('relative-path');
    expect(draftProblem({ ...draft, name: '  ' })).toBe('no-name');
  });

  it('does not require of a watched copy what depends on others', () => {
    const chosen = (method: string, level: string): Preflight =>
      ({ chosen: { method, level } }) as unknown as Preflight;
    expect(requiredLevelFor(chosen('live', 'observed-static'))).toBe('per-file');
    expect(requiredLevelFor(chosen('precopy-freeze', 'filesystem'))).toBe('filesystem');
  });
});
