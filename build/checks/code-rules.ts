import { isUnder } from './check-imports.ts';
import { isTestFile } from './source-files.ts';
import { memberName, nameOf, type ParsedFile } from './syntax.ts';

/** What some folders may not do, found in the syntax. Each rule names the obligation it keeps. */
export function checkCode(file: ParsedFile): readonly string[] {
  if (isTestFile(file.path)) return [];
  return codeRules
    .filter(({ applies }) => applies(file.path))
    .flatMap((rule) =>
      file.nodes.flatMap((node) => {
        const what = rule.find(node);
        return what === undefined ? [] : [`${file.path}:${file.lineOf(node.start)}: ${what}: ${rule.reason}`];
      }),
    );
}

interface CodeRule {
  readonly reason: string;
  applies(path: string): boolean;
  /** What is wrong with this node, if anything. */
  find(node: ParsedFile['nodes'][number]): string | undefined;
}

const stdoutMembers = ['log', 'info', 'debug', 'dir', 'table', 'group', 'count', 'timeEnd', 'timeLog'].map(
  (name) => `console.${name}`,
);
const clockMembers = [
  'Date.now',
  'performance.now',
  'process.hrtime',
  'Math.random',
  'crypto.getRandomValues',
  'crypto.randomUUID',
];

const codeRules: readonly CodeRule[] = [
  {
    reason: 'the helper’s stdout is its protocol',
    applies: (path) => isUnder(path, 'electron/helper'),
    find: (node) => oneOf(memberName(node), stdoutMembers),
  },
  {
    reason: 'the format reads no clock and draws no randomness; both are handed in',
    applies: (path) => isUnder(path, 'electron/helper/repository/format'),
    find: (node) => oneOf(memberName(node), clockMembers) ?? (isNowDate(node) ? 'new Date()' : undefined),
  },
  {
    reason: 'renderer/api is the only user of the bridge',
    applies: (path) => isUnder(path, 'renderer') && !isUnder(path, 'renderer/api'),
    find: (node) => oneOf(memberName(node), ['window.stillpoint', 'globalThis.stillpoint']),
  },
];

function oneOf(name: string | undefined, names: readonly string[]): string | undefined {
  return name !== undefined && names.includes(name) ? name : undefined;
}

function isNowDate(node: ParsedFile['nodes'][number]): boolean {
  return (
    node.type === 'NewExpression' &&
    nameOf(node.callee) === 'Date' &&
    Array.isArray(node.arguments) &&
    node.arguments.length === 0
  );
}
