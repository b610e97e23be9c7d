import { posix } from 'node:path';
import { isNode, memberName, nameOf, type ParsedFile, textOf } from './syntax.ts';

export interface Import {
  readonly from: string;
  readonly line: number;
  /** A path of the tree for a relative import; otherwise the package or `node:` module, without a path inside it. */
  readonly to: string;
  readonly kind: 'file' | 'package';
  /** Nothing of it exists at run time. */
  readonly typesOnly: boolean;
}

/**
 * What a file refers to in other modules: imports, re-exports, dynamic imports, `import('x').Type`, and modules named
 * as files to run, `new URL('./x.ts', import.meta.url)`. `paths` are all files of the tree, for `import.meta.glob`.
 */
export function importsOf(file: ParsedFile, paths: readonly string[]): readonly Import[] {
  const found: Import[] = [];
  const add = (request: string, offset: number, typesOnly: boolean): void => {
    found.push({ from: file.path, line: file.lineOf(offset), typesOnly, ...target(file.path, request) });
  };
  for (const { moduleRequest, entries, start } of file.module.staticImports) {
    add(moduleRequest.value, start, entries.length > 0 && entries.every(({ isType }) => isType));
  }
  for (const { entries } of file.module.staticExports) {
    for (const { moduleRequest, start, isType } of entries) if (moduleRequest) add(moduleRequest.value, start, isType);
  }
  for (const node of file.nodes) {
    const request = requestOf(node);
    if (request !== undefined) add(request, node.start, node.type === 'TSImportType');
    for (const pattern of globsOf(node)) {
      const matching = globExpression(posix.join(posix.dirname(file.path), pattern));
      for (const path of paths.filter((each) => matching.test(each))) {
        found.push({ from: file.path, line: file.lineOf(node.start), typesOnly: false, to: path, kind: 'file' });
      }
    }
  }
  return found;
}

function requestOf(node: ParsedFile['nodes'][number]): string | undefined {
  if (node.type === 'ImportExpression') return textOf(node.source) ?? '(computed)';
  if (node.type === 'TSImportType') return textOf(node.source) ?? textOf(node.argument);
  if (node.type !== 'NewExpression' || nameOf(node.callee) !== 'URL' || !Array.isArray(node.arguments))
    return undefined;
  const [path, base] = node.arguments as readonly unknown[];
  const isOwnUrl =
    isNode(base) && base.type === 'MemberExpression' && isNode(base.object) && base.object.type === 'MetaProperty';
  const request = isOwnUrl && memberName(base) === undefined ? textOf(path) : undefined;
  return request !== undefined && /\.tsx?$/.test(request) ? request : undefined;
}

/** The patterns of `import.meta.glob('../x/*.ts')`; ones that leave files out only make the real set smaller. */
function globsOf(node: ParsedFile['nodes'][number]): readonly string[] {
  const { callee } = node;
  if (node.type !== 'CallExpression' || !isNode(callee) || callee.type !== 'MemberExpression') return [];
  if (!isNode(callee.object) || callee.object.type !== 'MetaProperty' || nameOf(callee.property) !== 'glob') return [];
  const first: unknown = Array.isArray(node.arguments) ? node.arguments[0] : undefined;
  const items = isNode(first) && Array.isArray(first.elements) ? (first.elements as readonly unknown[]) : [first];
  return items.map((item) => textOf(item) ?? '**').filter((pattern) => !pattern.startsWith('!'));
}

function globExpression(pattern: string): RegExp {
  const parts = pattern.split(/(\*\*\/?|\*)/).map((part) => {
    if (part.startsWith('**')) return '.*';
    return part === '*' ? '[^/]*' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`);
}

function target(from: string, request: string): Pick<Import, 'to' | 'kind'> {
  const path = request.replace(/\?.*$/, '');
  if (path.startsWith('.')) return { to: posix.join(posix.dirname(from), path), kind: 'file' };
  if (path.startsWith('node:')) return { to: path.split('/')[0] ?? path, kind: 'package' };
  const parts = path.split('/');
  return { to: parts.slice(0, path.startsWith('@') ? 2 : 1).join('/'), kind: 'package' };
}
