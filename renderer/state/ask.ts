import { type RepositoryId, repositoryIdSchema } from '../../shared/domain/ids.ts';
import { isStillpointError, type StillpointError } from '../../shared/errors/index.ts';
import type { IpcMethodName, IpcParams, IpcResult } from '../../shared/ipc/contract.ts';
import { call } from '../api/call.ts';
import { useStore } from './store.ts';

/**
 * How features ask main for what the store does not hold. Throws `StillpointError`; where a password is missing, the
 * unlock dialog is opened as well.
 */
export async function ask<N extends IpcMethodName>(name: N, params: IpcParams<N>): Promise<IpcResult<N>> {
  try {
    return await call(name, params);
  } catch (error) {
    if (isStillpointError(error, 'password-needed')) openUnlockDialog(error, name, params as object as Named);
    throw error;
  }
}

/** What the parameters of any method may say about the repository they are for. */
interface Named {
  readonly id?: unknown;
  readonly repositoryId?: unknown;
  readonly sourceId?: unknown;
  readonly point?: { readonly repositoryId?: unknown };
}

function openUnlockDialog(error: StillpointError, name: IpcMethodName, params: Named): void {
  const { sources, needPassword } = useStore.getState();
  const source = sources?.find(({ id }) => id === params.sourceId);
  const named = [
    error.context.repositoryId,
    params.repositoryId,
    params.point?.repositoryId,
    name.startsWith('repositories.') ? params.id : undefined,
    source?.policy.repositoryId,
  ];
  const repositoryId = named
    .map((candidate): RepositoryId | undefined => repositoryIdSchema.safeParse(candidate).data)
    .find((id) => id !== undefined);
  if (repositoryId !== undefined) needPassword({ repositoryId, reason: error.message });
}
