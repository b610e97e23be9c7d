import { repositoryIdSchema } from '../../shared/domain/ids.ts';
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
    if (isStillpointError(error, 'password-needed')) openUnlockDialog(error, params);
    throw error;
  }
}

function openUnlockDialog(error: StillpointError, params: unknown): void {
  const named = error.context.repositoryId ?? (params as { repositoryId?: unknown }).repositoryId;
  const repositoryId = repositoryIdSchema.safeParse(named);
  if (repositoryId.success) {
    useStore.getState().needPassword({ repositoryId: repositoryId.data, reason: error.message });
  }
}
