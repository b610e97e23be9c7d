import type { IpcResult } from '../../../../shared/ipc/contract.ts';

export type Details = IpcResult<'snapshots.details'>;
