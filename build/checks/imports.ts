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
 * as files to run, `new URL('./x.ts', import.meta.url)`.
 */
export function importsOf(file: ParsedFile): readonly Import[] {
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

function target(from: string, request: string): Pick<Import, 'to' | 'kind'> {
  const path = request.replace(/\?.*$/, '');
  if (path.startsWith('.')) return { to: posix.join(posix.dirname(from), path), kind: 'file' };
  if (path.startsWith('node:')) return { to: path.split('/')[0] ?? path, kind: 'package' };
  const parts = path.split('/');
  return { to: parts.slice(0, path.startsWith('@') ? 2 : 1).join('/'), kind: 'package' };
}
