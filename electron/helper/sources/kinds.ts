import type { ExcludeSizes } from '../../../shared/domain/excludes/presets.ts';
import type { SourceSpec } from '../../../shared/domain/source.ts';
import { StillpointError } from '../../../shared/errors/index.ts';
import type { Activity, ExamineContext, SourceFacts, SourceKind } from './contract.ts';
import type { FilesystemFacts } from './filesystem/facts.ts';
import type { GroupFacts } from './group/facts.ts';

/** What is found out of each kind of source. A new kind is a line here, and the types say what else it needs. */
export interface FactsByKind {
  readonly filesystem: FilesystemFacts;
  readonly group: GroupFacts;
}

export type KnownFacts = FactsByKind[keyof FactsByKind];

type KindName = SourceSpec['kind'];

/** Every kind of the contract; the type says when one is missing. */
export type SourceKinds = {
  readonly [K in KindName]: SourceKind<Extract<SourceSpec, { readonly kind: K }>, FactsByKind[K]>;
};

/** All kinds as one: each source is asked about by its own. */
export interface Sources {
  examine(spec: SourceSpec, context: ExamineContext): Promise<KnownFacts>;
  /** Rejects with `bad-input` where nothing of such a source can be left out. */
  excludeSizes(spec: SourceSpec, context: ExamineContext): Promise<ExcludeSizes>;
  /** Rejects with `bad-input` where that cannot be told of such a source. */
  activity(spec: SourceSpec, context: ExamineContext, sinceNs: bigint): Promise<Activity>;
}

export function sourcesOf(kinds: SourceKinds): Sources {
  // One specification's kind is looked up by its own name: that both fit each other is what the type above says.
  const kindOf = ({ kind }: SourceSpec) => kinds[kind] as SourceKind<SourceSpec, SourceFacts & KnownFacts>;
  return {
    examine: async (spec, context) => kindOf(spec).examine(spec, context),
    excludeSizes: async (spec, context) => {
      const kind = kindOf(spec);
      if (kind.excludeSizes === undefined) throw cannot(kind.kind, 'nothing of it can be left out');
      return kind.excludeSizes(spec, context);
    },
    activity: async (spec, context, sinceNs) => {
      const kind = kindOf(spec);
      if (kind.activity === undefined) throw cannot(kind.kind, 'what changed is known only by a backup');
      return kind.activity(spec, context, sinceNs);
    },
  };
}

function cannot(kind: string, why: string): StillpointError {
  return new StillpointError({
    kind: 'bad-input',
    field: 'spec.kind',
    message: `Of a source of the kind ${kind} this cannot be told: ${why}.`,
    guidance: 'Back it up; its evidence says what was found.',
  });
}
