import type { ImportGrant } from './import-rules.ts';
import type { Import } from './imports.ts';
import { isTestFile } from './source-files.ts';

export interface ImportRules {
  readonly zones: readonly string[];
  readonly grants: readonly ImportGrant[];
}

export interface ImportFindings {
  readonly violations: readonly string[];
  /** Grants that nothing uses although both sides have code. */
  readonly stale: readonly string[];
}

/** The zone of a file, with a `/*` zone's folder filled in; `undefined` when no zone holds it. */
export function zoneOf(path: string, zones: readonly string[]): { zone: string; rule: string } | undefined {
  const parts = path.split('/');
  for (let depth = parts.length - 1; depth > 0; depth -= 1) {
    const folder = parts.slice(0, depth).join('/');
    if (zones.includes(folder)) return { zone: folder, rule: folder };
    const wildcard = `${parts.slice(0, depth - 1).join('/')}/*`;
    if (zones.includes(wildcard)) return { zone: folder, rule: wildcard };
  }
  return undefined;
}

export function isUnder(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

export function checkImports(files: readonly string[], imports: readonly Import[], rules: ImportRules): ImportFindings {
  const violations = files
    .filter((path) => !isTestFile(path) && zoneOf(path, rules.zones) === undefined)
    .map((path) => `${path}: its folder is in no zone; add the folder to the zones, with what it may import`);
  const used = new Set<ImportGrant>();
  for (const item of imports) {
    if (item.kind !== 'file') continue;
    const problem = isTestFile(item.from) ? testProblem(item, rules) : productProblem(item, rules, used);
    if (problem !== undefined) violations.push(`${item.from}:${item.line}: imports ${item.to}: ${problem}`);
  }
  const product = files.filter((path) => !isTestFile(path));
  const stale = rules.grants
    .filter((grant) => !used.has(grant) && hasCode(grant, product, rules.zones))
    .map(({ from, to }) => `${[from].flat().join(', ')} -> ${to}: nothing uses this grant`);
  return { violations, stale };
}

function productProblem(item: Import, { zones, grants }: ImportRules, used: Set<ImportGrant>): string | undefined {
  if (isTestFile(item.to)) return isUnder(item.from, 'e2e') ? undefined : 'only tests may use a test kit';
  const from = zoneOf(item.from, zones);
  const to = zoneOf(item.to, zones);
  if (from === undefined || from.zone === to?.zone) return undefined;
  const candidates = grants.filter((grant) => isFrom(grant, from.rule) && isUnder(item.to, grant.to));
  const fitting = candidates.filter((grant) => fits(item, grant));
  for (const grant of fitting) used.add(grant);
  if (fitting.length > 0) return undefined;
  if (candidates.some(({ only }) => only === 'types')) return 'only its types may be used (import type)';
  if (candidates.some(({ only }) => only === 'door')) return 'only its index.ts and contract.ts may be used';
  return `no grant from ${from.rule}`;
}

function isFrom({ from }: ImportGrant, zone: string | undefined): boolean {
  return zone !== undefined && [from].flat().includes(zone);
}

function fits(item: Import, { to, only }: ImportGrant): boolean {
  if (only === 'types') return item.typesOnly;
  if (only === 'door') return item.to === `${to}/index.ts` || item.to === `${to}/contract.ts`;
  return true;
}

/**
 * All of e2e is there to test, and may use any test kit. A test elsewhere reaches its own process, what is shared, and
 * what the code beside it was granted; no other process.
 */
function testProblem(item: Import, rules: ImportRules): string | undefined {
  const process = processOf(item.from);
  const reachable = [process, 'shared', ...(process === 'electron/cli' ? ['electron/helper'] : [])];
  if (reachable.some((folder) => isUnder(item.to, folder))) return undefined;
  if (process === 'e2e' && isTestFile(item.to)) return undefined;
  const zone = zoneOf(item.from, rules.zones)?.rule;
  if (rules.grants.some((grant) => isFrom(grant, zone) && isUnder(item.to, grant.to) && fits(item, grant)))
    return undefined;
  return `a test of ${process} may not reach another process`;
}

/** `renderer`, `shared`, `electron/main`: what runs, and is tested, together. */
export function processOf(path: string): string {
  return path
    .split('/')
    .slice(0, path.startsWith('electron/') ? 2 : 1)
    .join('/');
}

/** Whether both sides exist; a part that is not written yet makes no grant stale. */
function hasCode(grant: ImportGrant, files: readonly string[], zones: readonly string[]): boolean {
  return (
    files.some((path) => isFrom(grant, zoneOf(path, zones)?.rule)) && files.some((path) => isUnder(path, grant.to))
  );
}
