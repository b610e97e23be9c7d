import { describe, expect, it } from 'vitest';
import { importsOfPlanted } from './testing/planted.ts';

function targets(text: string): readonly string[] {
  return importsOfPlanted({ 'a/b/c.tsx': text }).map(({ to, typesOnly }) => (typesOnly ? `type ${to}` : to));
}

describe('importsOf', () => {
  it('finds imports, with or without types', () => {
    expect(targets("import { x } from '../d.ts';")).toEqual(['a/d.ts']);
    expect(targets("import type { X } from './d.ts';")).toEqual(['type a/b/d.ts']);
    expect(targets("import { type X } from './d.ts';")).toEqual(['type a/b/d.ts']);
    expect(targets("import { type X, y } from './d.ts';")).toEqual(['a/b/d.ts']);
    expect(targets("import './d.css';")).toEqual(['a/b/d.css']);
  });

  it('finds what is handed on', () => {
    expect(targets("export * from './d.ts';")).toEqual(['a/b/d.ts']);
    expect(targets("export { x } from './d.ts';")).toEqual(['a/b/d.ts']);
    expect(targets("export type { X } from './d.ts';")).toEqual(['type a/b/d.ts']);
  });

  it('finds imports that are expressions or types', () => {
    expect(targets("const x = import('./d.ts');")).toEqual(['a/b/d.ts']);
    expect(targets('const x = import(where);')).toEqual(['(computed)']);
    expect(targets("type X = import('./d.ts').X;")).toEqual(['type a/b/d.ts']);
  });

  it('finds modules named as files to run, and no other URL', () => {
    expect(targets("new URL('./w.ts', import.meta.url);")).toEqual(['a/b/w.ts']);
    expect(targets("new URL('./picture.png', import.meta.url);")).toEqual([]);
    expect(targets("new URL('./w.ts', base);")).toEqual([]);
  });

  it('finds what a glob takes in', () => {
    const others = { 'a/x/one.ts': '', 'a/x/deep/two.ts': '', 'a/x/one.css': '' };
    const taken = (glob: string): readonly string[] =>
      importsOfPlanted({ 'a/b/c.ts': `import.meta.glob(${glob}, { eager: true });`, ...others }).map(({ to }) => to);
    expect(taken("'../x/*.ts'")).toEqual(['a/x/one.ts']);
    expect(taken("['../x/**/*.ts', '!../x/one.ts']")).toEqual(['a/x/one.ts', 'a/x/deep/two.ts']);
    expect(taken("'../y/*.ts'")).toEqual([]);
  });

  it('names packages without the path inside them', () => {
    expect(targets("import '@mantine/core/styles.css';")).toEqual(['@mantine/core']);
    expect(targets("import { createRoot } from 'react-dom/client';")).toEqual(['react-dom']);
    expect(targets("import { readFile } from 'node:fs/promises';")).toEqual(['node:fs']);
  });

  it('refuses a file that it cannot read', () => {
    expect(() => targets('import {')).toThrow('a/b/c.tsx does not parse');
  });
});
