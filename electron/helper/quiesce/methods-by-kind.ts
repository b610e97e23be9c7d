import type { SourceFacts } from '../sources/contract.ts';
import type { FactsByKind } from '../sources/kinds.ts';
import type { QuiesceMethod } from './contract.ts';

/** What can hold each kind of source, strongest first. A kind without a line here does not compile. */
export type MethodsByKind = { readonly [K in keyof FactsByKind]: readonly QuiesceMethod<FactsByKind[K]>[] };

/** The methods that are offered to facts: those of their own kind, and no other's. */
export function methodsByKind(methods: MethodsByKind): (facts: SourceFacts) => readonly QuiesceMethod[] {
  const byKind = new Map<string, readonly QuiesceMethod[]>(
    Object.entries(methods) as [string, readonly QuiesceMethod[]][],
  );
  return ({ kind }) => byKind.get(kind) ?? [];
}
