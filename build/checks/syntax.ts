import { parseSync } from 'vite';
import type { SourceFile } from './source-files.ts';

/** A node of the syntax tree, as far as these checks look into it. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly [field: string]: unknown;
}

export interface ParsedFile {
  readonly path: string;
  readonly module: ReturnType<typeof parseSync>['module'];
  /** Every node, parents before children. */
  readonly nodes: readonly SyntaxNode[];
  lineOf(offset: number): number;
}

/** Throws on a file that does not parse: a check that skips what it cannot read proves nothing. */
export function parseFile({ path, text }: SourceFile): ParsedFile {
  const result = parseSync(path, text);
  const error = result.errors[0];
  if (error !== undefined) throw new Error(`${path} does not parse: ${error.message}`);
  return {
    path,
    module: result.module,
    nodes: [...everyNode(result.program)],
    lineOf: (offset) => text.slice(0, offset).split('\n').length,
  };
}

function* everyNode(value: unknown): Generator<SyntaxNode> {
  if (Array.isArray(value)) {
    for (const item of value) yield* everyNode(item);
  } else if (isNode(value)) {
    yield value;
    for (const field of Object.values(value)) yield* everyNode(field);
  }
}

export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** `a.b` for a member expression of two plain names, as in `Date.now`. */
export function memberName(node: unknown): string | undefined {
  if (!isNode(node) || node.type !== 'MemberExpression' || node.computed === true) return undefined;
  const object = nameOf(node.object);
  const property = nameOf(node.property);
  return object === undefined || property === undefined ? undefined : `${object}.${property}`;
}

export function nameOf(node: unknown): string | undefined {
  return isNode(node) && node.type === 'Identifier' && typeof node.name === 'string' ? node.name : undefined;
}

export function textOf(node: unknown): string | undefined {
  return isNode(node) && node.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined;
}
