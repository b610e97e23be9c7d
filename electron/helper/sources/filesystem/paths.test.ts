import { describe, expect, it } from 'vitest';
import { joinPath, normalPath, relativePath, splitLast } from './path-bytes.ts';
import { pathText } from './path-text.ts';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('paths as bytes', () => {
  it('joins and splits', () => {
    expect(joinPath(bytes(''), bytes('a')).toString()).toBe('a');
    expect(joinPath(bytes('/'), bytes('a')).toString()).toBe('/a');
    expect(joinPath(bytes('/a'), bytes('b')).toString()).toBe('/a/b');
    expect(splitLast(bytes('a/b/c'))).toEqual({ parent: bytes('a/b'), name: bytes('c') });
    expect(splitLast(bytes('c'))).toEqual({ parent: bytes(''), name: bytes('c') });
  });

  it('knows what lies below, and is not fooled by a common beginning', () => {
    expect(relativePath(bytes('/home'), bytes('/home/me'))?.toString()).toBe('me');
    expect(relativePath(bytes('/home'), bytes('/home'))?.toString()).toBe('');
    expect(relativePath(bytes('/home'), bytes('/homestead'))).toBeNull();
    expect(relativePath(bytes('/'), bytes('/etc'))?.toString()).toBe('etc');
  });

  it('normalises what a person types', () => {
    expect(normalPath('/home//me/./x/').toString()).toBe('/home/me/x');
    expect(normalPath('/').toString()).toBe('/');
  });
});

describe('pathText', () => {
  it.each([
    ['plain', bytes('a b'), 'a b'],
    ['UTF-8', Buffer.from('Müller/静止点'), 'Müller/静止点'],
    ['not UTF-8', bytes('a\xffb\xc3'), 'a\\xffb\\xc3'],
    ['both', Buffer.concat([Buffer.from('é'), bytes('\xe9')]), 'é\\xe9'],
    ['control characters', bytes('a\nb\x1b'), 'a\\x0ab\\x1b'],
  ])('%s', (_what, path, text) => {
    expect(pathText(path)).toBe(text);
  });
});
