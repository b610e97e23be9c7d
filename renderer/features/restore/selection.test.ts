import { describe, expect, it } from 'vitest';
import { placesOfSelection, tickOfPath, withTick } from './selection.ts';

const tree: Readonly<Record<string, readonly string[]>> = {
  '/': ['/home'],
  '/home': ['/home/a', '/home/b', '/home/c'],
  '/home/b': ['/home/b/1', '/home/b/2'],
};
const childrenOf = (folder: string): readonly string[] | null => tree[folder] ?? null;

function ticked(selection: Iterable<string>, path: string, on: boolean): string[] | null {
  const result = withTick(new Set(selection), path, on, childrenOf);
  return result === null ? null : [...result].sort();
}

describe('choosing files', () => {
  it('ticks a folder for all that is below it', () => {
    const selection = new Set(['/home/b']);
    expect(tickOfPath(selection, '/home/b')).toBe('on');
    expect(tickOfPath(selection, '/home/b/1')).toBe('on');
    expect(tickOfPath(selection, '/home')).toBe('mixed');
    expect(tickOfPath(selection, '/home/bb')).toBe('off');
    expect(tickOfPath(selection, '/')).toBe('mixed');
  });

  it('takes in what was ticked below a folder that is ticked now', () => {
    expect(ticked(['/home/b/1', '/home/a'], '/home/b', true)).toEqual(['/home/a', '/home/b']);
  });

  it('unticks a folder with all that was ticked below it', () => {
    expect(ticked(['/home/b/1', '/home/b/2', '/home/a'], '/home/b', false)).toEqual(['/home/a']);
  });

  it('keeps the others when one is taken out of a ticked folder, however deep', () => {
    expect(ticked(['/home/b'], '/home/b/1', false)).toEqual(['/home/b/2']);
    expect(ticked(['/home'], '/home/b/1', false)).toEqual(['/home/a', '/home/b/2', '/home/c']);
    expect(ticked(['/'], '/home/b', false)).toEqual(['/home/a', '/home/c']);
  });

  it('does nothing while the siblings are not all known', () => {
    expect(withTick(new Set(['/home']), '/home/c/x', false, childrenOf)).toBeNull();
  });

  it('leaves a choice alone that covers the path already', () => {
    expect(ticked(['/home'], '/home/a', true)).toEqual(['/home']);
  });
});

describe('the places that something was ticked of', () => {
  const places = ['/srv/db', '/srv/log'];

  it('are those that hold it, or that it holds', () => {
    expect(placesOfSelection(places, ['/srv/db/accounts'])).toEqual(['/srv/db']);
    expect(placesOfSelection(places, ['/srv/db', '/srv/log/today'])).toEqual(places);
    expect(placesOfSelection(places, ['/srv'])).toEqual(places);
    expect(placesOfSelection(places, ['/srv/dbx'])).toEqual([]);
  });
});
