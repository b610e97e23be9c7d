import type { FilesystemSpec, GroupSpec } from '../../../../shared/domain/source.ts';
import { StillpointError } from '../../../../shared/errors/index.ts';
import type { SourceKind } from '../contract.ts';
import type { FilesystemSource } from '../filesystem/index.ts';
import type { GroupFacts } from './facts.ts';
import { groupFacts } from './group-facts.ts';
import { excludeSizesOfAll } from './sizes.ts';

/** What a group needs of its members' own kind. */
type MemberKind = Pick<FilesystemSource, 'examine' | 'excludeSizes' | 'activity'>;

/** Several folders or mount points as one source: each member is asked about as if it were alone. */
export function createGroupSource(members: MemberKind): SourceKind<GroupSpec, GroupFacts> {
  return {
    kind: 'group',
    examine: async (spec, context) => {
      return groupFacts(await ofEach(spec, (member) => members.examine(member, context)));
    },
    excludeSizes: async (spec, context) => {
      return excludeSizesOfAll(await ofEach(spec, (member) => members.excludeSizes(member, context)));
    },
    activity: async (spec, context, sinceNs) => {
      const found = await ofEach(spec, (member) => members.activity(member, context, sinceNs));
      const newest = found.flatMap(({ newestNs }) => (newestNs === null ? [] : [newestNs]));
      return {
        changes: found.reduce((sum, { changes }) => sum + changes, 0),
        newestNs: newest.length === 0 ? null : newest.reduce((a, b) => (b > a ? b : a)),
        tookMs: Math.max(...found.map(({ tookMs }) => tookMs)),
      };
    },
  };
}

/** All at once, because each has a time limit of its own. What is wrong with a member is said of its own field. */
async function ofEach<T>({ members }: GroupSpec, ask: (member: FilesystemSpec) => Promise<T>): Promise<T[]> {
  const answers = await Promise.allSettled(members.map(ask));
  return answers.map((answer, at) => {
    if (answer.status === 'fulfilled') return answer.value;
    const error: unknown = answer.reason;
    if (!(error instanceof StillpointError) || error.field === undefined) throw error;
    const { kind, message, guidance, retryable, context, cause, field } = error;
    throw new StillpointError({
      ...{ kind, message, guidance, retryable, context, cause },
      field: `spec.members.${at}.${field}`,
    });
  });
}
