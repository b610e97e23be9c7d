import { describe, expect, it } from 'vitest';
import { checkImports, zoneOf } from './check-imports.ts';
import type { ImportGrant } from './import-rules.ts';
import { importsOfPlanted } from './testing/planted.ts';

const zones = [
  'shared',
  'electron/main',
  'electron/main/jobs',
  'electron/helper/a',
  'electron/helper/b',
  'renderer/features/*',
];

function check(files: Readonly<Record<string, string>>, grants: readonly ImportGrant[] = []) {
  return checkImports(Object.keys(files), importsOfPlanted(files), { zones, grants });
}

describe('zoneOf', () => {
  it('takes the deepest zone, and each folder of a starred one', () => {
    expect(zoneOf('electron/main/jobs/x/y.ts', zones)?.zone).toBe('electron/main/jobs');
    expect(zoneOf('electron/main/other/y.ts', zones)?.zone).toBe('electron/main');
    expect(zoneOf('renderer/features/restore/deep/y.tsx', zones)).toEqual({
      zone: 'renderer/features/restore',
      rule: 'renderer/features/*',
    });
    expect(zoneOf('renderer/elsewhere/y.tsx', zones)).toBeUndefined();
  });
});

describe('checkImports', () => {
  it('lets a zone import itself', () => {
    expect(check({ 'shared/a.ts': "import './deep/b.ts';", 'shared/deep/b.ts': '' }).violations).toEqual([]);
  });

  it('refuses a crossing without a grant, in every form', () => {
    const forms = [
      "import { x } from '../b/x.ts';",
      "import type { X } from '../b/x.ts';",
      "export * from '../b/x.ts';",
      "const x = import('../b/x.ts');",
      "new URL('../b/x.ts', import.meta.url);",
      "type X = import('../b/x.ts').X;",
    ];
    for (const form of forms) {
      expect(check({ 'electron/helper/a/y.ts': form }).violations).toEqual([
        'electron/helper/a/y.ts:1: imports electron/helper/b/x.ts: no grant from electron/helper/a',
      ]);
    }
  });

  it('refuses one feature importing another, and a folder nobody knows', () => {
    const found = check({
      'renderer/features/one/y.ts': "import '../two/x.ts';",
      'renderer/new-folder/y.ts': '',
      'renderer/testing/kit.ts': '',
    }).violations;
    expect(found).toHaveLength(2);
    expect(found[0]).toContain('renderer/new-folder/y.ts: its folder is in no zone');
    expect(found[1]).toContain('no grant from renderer/features/*');
  });

  it('keeps a grant of types to types', () => {
    const grants: ImportGrant[] = [{ from: 'electron/helper/a', to: 'electron/helper/b', only: 'types', reason: '' }];
    expect(check({ 'electron/helper/a/y.ts': "import type { X } from '../b/x.ts';" }, grants).violations).toEqual([]);
    expect(check({ 'electron/helper/a/y.ts': "import { x } from '../b/x.ts';" }, grants).violations).toEqual([
      'electron/helper/a/y.ts:1: imports electron/helper/b/x.ts: only its types may be used (import type)',
    ]);
  });

  it('keeps a grant of the door to the door', () => {
    const grants: ImportGrant[] = [{ from: 'electron/helper/a', to: 'electron/helper/b', only: 'door', reason: '' }];
    expect(check({ 'electron/helper/a/y.ts': "import { x } from '../b/index.ts';" }, grants).violations).toEqual([]);
    expect(check({ 'electron/helper/a/y.ts': "import { x } from '../b/x.ts';" }, grants).violations[0]).toContain(
      'only its index.ts and contract.ts',
    );
    expect(
      check({ 'electron/helper/a/y.ts': "import { x } from '../b/deep/index.ts';" }, grants).violations,
    ).toHaveLength(1);
  });

  it('reports a grant that nothing uses once both sides have code', () => {
    const grants: ImportGrant[] = [{ from: 'electron/helper/a', to: 'electron/helper/b', reason: '' }];
    const both = { 'electron/helper/a/y.ts': '', 'electron/helper/b/x.ts': '' };
    expect(check(both, grants).stale).toEqual(['electron/helper/a -> electron/helper/b: nothing uses this grant']);
    expect(check({ 'electron/helper/a/y.ts': '' }, grants).stale).toEqual([]);
    const used = { ...both, 'electron/helper/a/y.ts': "import '../b/x.ts';" };
    expect(check(used, grants).stale).toEqual([]);
  });

  it('takes a grant to several zones as used when one of them uses it', () => {
    const grants: ImportGrant[] = [
      { from: ['electron/helper/a', 'electron/main'], to: 'electron/helper/b', reason: '' },
    ];
    const files = { 'electron/helper/b/x.ts': '', 'electron/helper/a/y.ts': '', 'electron/main/z.ts': '' };
    expect(check(files, grants).stale).toHaveLength(1);
    const used = { ...files, 'electron/main/z.ts': "import '../helper/b/x.ts';" };
    expect(check(used, grants)).toEqual({ violations: [], stale: [] });
  });

  it('does not let a test keep a grant alive', () => {
    const grants: ImportGrant[] = [{ from: 'electron/helper/a', to: 'electron/helper/b', reason: '' }];
    const files = {
      'electron/helper/a/y.ts': '',
      'electron/helper/b/x.ts': '',
      'electron/helper/a/y.test.ts': "import '../b/x.ts';",
    };
    expect(check(files, grants).stale).toHaveLength(1);
  });

  it('lets tests reach across their process, never into another one, and product code never into a test kit', () => {
    expect(check({ 'electron/helper/a/y.test.ts': "import '../b/x.ts';" }).violations).toEqual([]);
    expect(check({ 'electron/helper/a/testing/kit.ts': "import '../../../main/x.ts';" }).violations[0]).toContain(
      'a test of electron/helper may not reach another process',
    );
    expect(check({ 'electron/helper/a/y.ts': "import './testing/kit.ts';" }).violations[0]).toContain(
      'only tests may use a test kit',
    );
  });

  it('lets e2e use test kits, and nothing else that it was not granted', () => {
    const zonesAnd = [...zones, 'e2e'];
    const reach = (path: string, to: string): readonly string[] => {
      const files = { [path]: `import '${to}';` };
      return checkImports([path], importsOfPlanted(files), { zones: zonesAnd, grants: [] }).violations;
    };
    for (const path of ['e2e/soak/x.ts', 'e2e/soak/x.itest.ts']) {
      expect(reach(path, '../../electron/helper/a/testing/kit.ts')).toEqual([]);
      expect(reach(path, '../../electron/helper/a/x.ts')).toHaveLength(1);
    }
  });
});
