import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkImports } from './check-imports.ts';
import { checkManifest, checkPackages } from './check-packages.ts';
import { checkCode } from './code-rules.ts';
import { grants, zones } from './import-rules.ts';
import { importsOf } from './imports.ts';
import { nodeFolders, nodeModuleRules, packageRules, pureFolders, unimportedPackages } from './package-rules.ts';
import { readFiles, treeRoot } from './source-files.ts';
import { parseFile } from './syntax.ts';
import { findLength, findPlaces } from './text-rules.ts';

// .mjs of the build runs before any package is installed: the rules about packages bind it all the more.
const parsed = readFiles(/\.(ts|tsx|mjs)$/)
  .filter(({ path }) => path.includes('/') && !path.endsWith('.d.ts'))
  .map(parseFile);
const paths = parsed.map(({ path }) => path);
const imports = parsed.flatMap((file) => importsOf(file, paths));
const texts = readFiles(
  /(^|\/)[^/]*\.?(ts|tsx|mjs|js|c|h|css|sh|json|jsonc|md|html|yml|yaml|policy|service|desktop|run|npmrc)$/,
);

describe('the tree', () => {
  it('holds the files these checks are about', () => {
    expect(parsed.length).toBeGreaterThan(20);
    expect(imports.length).toBeGreaterThan(20);
    expect(texts.length).toBeGreaterThan(parsed.length);
  });

  it('crosses folders only where a grant allows it, and has no grant it does not use', () => {
    const found = checkImports(paths, imports, { zones, grants });
    expect(found.violations).toEqual([]);
    expect(found.stale).toEqual([]);
  });

  it('uses packages only where they are classified', () => {
    const rules = { packages: packageRules, nodeModules: nodeModuleRules, nodeFolders, pureFolders };
    expect(checkPackages(imports, rules)).toEqual([]);
  });

  it('has a rule for each dependency, and a dependency for each rule', () => {
    const manifest: Record<string, Record<string, string> | undefined> = JSON.parse(
      readFileSync(`${treeRoot}package.json`, 'utf8'),
    );
    const names = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((kind) =>
      Object.keys(manifest[kind] ?? {}),
    );
    expect(checkManifest(names, packageRules, unimportedPackages)).toEqual([]);
  });

  it('keeps what its folders promise', () => {
    expect(parsed.flatMap(checkCode)).toEqual([]);
  });

  it('names no machine and no package source', () => {
    expect(texts.flatMap((file) => findPlaces(file, treeRoot))).toEqual([]);
  });

  it('has no file too long to hold one idea', () => {
    expect(texts.flatMap(findLength)).toEqual([]);
  });
});
