import type { Crunched, CrunchJob, CrunchSettings } from '../repository/crunch/contract.ts';
import type { PackInSlab } from '../repository/crunch/slab-pack.ts';

/** Memory that a thread makes packs in. `states` has a word for each: 0 free, 1 in use. */
export interface Slabs {
  readonly bytes: readonly SharedArrayBuffer[];
  readonly states: Int32Array;
}

export interface CrunchThreadData {
  readonly settings: CrunchSettings;
  readonly slabs: Slabs;
}

export interface NumberedJob {
  readonly number: number;
  readonly job: CrunchJob;
}

export type ToThread =
  | { readonly type: 'jobs'; readonly jobs: readonly NumberedJob[] }
  | { readonly type: 'claims'; readonly table: SharedArrayBuffer }
  | { readonly type: 'flush' };

/** How a job ended: an error of the file is data, it ends neither the thread nor the run. */
export type JobAnswer =
  | { readonly number: number; readonly crunched: Crunched }
  | { readonly number: number; readonly code: string; readonly message: string };

export type FromThread =
  | { readonly type: 'answers'; readonly answers: readonly JobAnswer[] }
  | { readonly type: 'pack'; readonly slab: number; readonly pack: PackInSlab }
  | { readonly type: 'flushed' };
