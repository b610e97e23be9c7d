import { describe, expect, it } from 'vitest';
import { checkManifest, checkPackages, type PackageRules } from './check-packages.ts';
import { importsOfPlanted } from './testing/planted.ts';

const rules: PackageRules = {
  packages: [
    { name: 'koffi', allowed: ['electron/helper/system'], reason: '' },
    { name: 'types-only', allowed: ['electron'], typesOnly: true, reason: '' },
    { name: 'vitest', allowed: ['electron'], reason: '' },
  ],
  nodeModules: [{ name: 'node:child_process', allowed: ['electron/helper/system'], reason: 'one place' }],
  nodeFolders: ['electron/helper'],
  pureFolders: { 'electron/helper/format': ['node:buffer'] },
};

function check(path: string, text: string): readonly string[] {
  return checkPackages(importsOfPlanted({ [path]: text }), rules);
}

describe('checkPackages', () => {
  it('refuses a package outside its folders, and one that no rule names', () => {
    expect(check('electron/helper/system/x.ts', "import koffi from 'koffi';")).toEqual([]);
    expect(check('electron/helper/systematic/x.ts', "import koffi from 'koffi';")).toHaveLength(1);
    expect(check('electron/helper/x.test.ts', "import koffi from 'koffi';")).toEqual([]);
    expect(check('electron/main/x.test.ts', "import koffi from 'koffi';")).toHaveLength(1);
    expect(check('electron/helper/x.ts', "import 'left-pad';")[0]).toContain('a package in no rule');
  });

  it('keeps a package of types to types, and the test runner to tests', () => {
    expect(check('electron/x.ts', "import type { X } from 'types-only';")).toEqual([]);
    expect(check('electron/x.ts', "import { x } from 'types-only';")).toHaveLength(1);
    expect(check('electron/x.test.ts', "import { it } from 'vitest';")).toEqual([]);
    expect(check('electron/x.ts', "import { it } from 'vitest';")).toHaveLength(1);
  });

  it('refuses Node where there is none, and its guarded modules outside their folders', () => {
    expect(check('shared/x.ts', "import { readFileSync } from 'node:fs';")[0]).toContain('there is no Node here');
    expect(check('electron/helper/x.ts', "import { spawn } from 'node:child_process';")[0]).toContain('one place');
    expect(check('electron/helper/system/x.ts', "import { spawn } from 'node:child_process';")).toEqual([]);
    expect(check('electron/helper/x.ts', "import type { ChildProcess } from 'node:child_process';")).toEqual([]);
    expect(check('electron/helper/x.itest.ts', "import { spawn } from 'node:child_process';")).toEqual([]);
  });

  it('gives a pure folder only what is listed for it', () => {
    expect(check('electron/helper/format/x.ts', "import { Buffer } from 'node:buffer';")).toEqual([]);
    expect(check('electron/helper/format/x.ts', "import { readFile } from 'node:fs/promises';")[0]).toContain(
      'does no IO',
    );
  });
});

describe('checkManifest', () => {
  it('pairs dependencies with rules', () => {
    expect(checkManifest(['koffi', 'types-only', 'vitest', 'tsc'], rules.packages, { tsc: '' })).toEqual([]);
    expect(checkManifest(['koffi', 'types-only', 'vitest', 'new'], rules.packages, { tsc: '' })).toEqual([
      'new: a dependency that no rule speaks of',
      'tsc: a rule for a package that is no dependency',
    ]);
  });
});
