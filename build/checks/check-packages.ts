import { isUnder, processOf } from './check-imports.ts';
import type { Import } from './imports.ts';
import type { PackageRule } from './package-rules.ts';
import { isTestFile } from './source-files.ts';

export interface PackageRules {
  readonly packages: readonly PackageRule[];
  readonly nodeModules: readonly PackageRule[];
  readonly nodeFolders: readonly string[];
  readonly pureFolders: Readonly<Record<string, readonly string[]>>;
}

/** Packages and modules of Node used where they may not be. */
export function checkPackages(imports: readonly Import[], rules: PackageRules): readonly string[] {
  return imports.flatMap((item) => {
    if (item.kind !== 'package') return [];
    const problem = item.to.startsWith('node:') ? nodeProblem(item, rules) : packageProblem(item, rules.packages);
    return problem === undefined ? [] : [`${item.from}:${item.line}: uses ${item.to}: ${problem}`];
  });
}

/** A test may use what any part of its process may use. */
function packageProblem(item: Import, rules: readonly PackageRule[]): string | undefined {
  const rule = rules.find(({ name }) => name === item.to);
  if (rule === undefined) return 'a package in no rule; say in build/checks/package-rules.ts who may use it, and why';
  const isTest = isTestFile(item.from);
  const folders = isTest ? rule.allowed.map(processOf) : rule.allowed;
  if (!folders.some((folder) => isUnder(item.from, folder))) return `allowed in ${rule.allowed.join(', ')} only`;
  if (rule.name === 'vitest' && !isTest && !item.from.startsWith('build/')) return 'test files only';
  if (rule.typesOnly && !item.typesOnly) return 'only its types may be used (import type)';
  return undefined;
}

function nodeProblem(item: Import, rules: PackageRules): string | undefined {
  if (isTestFile(item.from)) return undefined;
  if (!rules.nodeFolders.some((folder) => isUnder(item.from, folder))) return 'there is no Node here';
  const pure = Object.entries(rules.pureFolders).find(([folder]) => isUnder(item.from, folder));
  if (pure !== undefined && !pure[1].includes(item.to)) return `${pure[0]} does no IO; what it needs is handed in`;
  const rule = rules.nodeModules.find(({ name }) => name === item.to);
  if (rule === undefined || item.typesOnly || rule.allowed.some((folder) => isUnder(item.from, folder)))
    return undefined;
  return `${rule.reason}: ${rule.allowed.join(', ')}`;
}

/** Rules for packages that package.json does not have, and packages of package.json that no rule speaks of. */
export function checkManifest(
  dependencies: readonly string[],
  rules: readonly PackageRule[],
  unimported: Readonly<Record<string, string>>,
): readonly string[] {
  const ruled = [...rules.map(({ name }) => name), ...Object.keys(unimported)];
  return [
    ...dependencies
      .filter((name) => !ruled.includes(name))
      .map((name) => `${name}: a dependency that no rule speaks of`),
    ...ruled
      .filter((name) => !dependencies.includes(name))
      .map((name) => `${name}: a rule for a package that is no dependency`),
  ];
}
