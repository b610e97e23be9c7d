import { z } from 'zod';
import { repositoryIdSchema, runIdSchema, snapshotIdSchema } from '../domain/ids.ts';
import {
  copyReportSchema,
  damagedPartsSchema,
  indexRepairSchema,
  packRepairSchema,
  repositoryStatisticsSchema,
  snapshotRepairSchema,
} from '../domain/maintenance.ts';
import { runEventSchema, runResultSchema } from '../domain/run.ts';
import { command } from './command.ts';

const repair = { id: repositoryIdSchema, runId: runIdSchema, dryRun: z.boolean() };
const snapshotIds = z.array(snapshotIdSchema).max(10_000);

/** `report` is null where the run ended before there was one: `run` says why. */
export const maintenanceCommands = {
  'repositories.repairIndex': command({
    title: 'Make the index of a repository anew from its packs',
    right: 'registered',
    cancellable: true,
    timeoutMs: 0,
    /** `readAll` reads every byte too, and lists nothing that does not open. */
    params: z.strictObject({ ...repair, readAll: z.boolean() }),
    result: z.strictObject({ run: runResultSchema, report: indexRepairSchema.nullable() }),
    event: runEventSchema,
  }),
  'repositories.repairPacks': command({
    title: 'Save what can be read of damaged packs into new ones',
    right: 'registered',
    cancellable: true,
    timeoutMs: 0,
    /** Without packs every pack is read to find the damaged ones. */
    params: z.strictObject({ ...repair, packs: z.array(z.string().regex(/^[0-9a-f]{64}$/)).max(10_000) }),
    result: z.strictObject({ run: runResultSchema, report: packRepairSchema.nullable() }),
    event: runEventSchema,
  }),
  'repositories.repairSnapshots': command({
    title: 'Write snapshots again without what is gone of them',
    right: 'registered',
    cancellable: true,
    timeoutMs: 0,
    /** Without snapshots all are looked at. `forget` removes what was written again and what nothing is left of. */
    params: z.strictObject({ ...repair, snapshotIds, parts: damagedPartsSchema, forget: z.boolean() }),
    result: z.strictObject({ run: runResultSchema, report: snapshotRepairSchema.nullable() }),
    event: runEventSchema,
  }),
  'repositories.copy': command({
    title: 'Copy snapshots from one repository into another',
    right: 'registered',
    cancellable: true,
    timeoutMs: 0,
    /** Both must be open. Without snapshots all are copied; those that are there already are not copied again. */
    params: z.strictObject({ id: repositoryIdSchema, fromId: repositoryIdSchema, runId: runIdSchema, snapshotIds }),
    result: z.strictObject({ run: runResultSchema, report: copyReportSchema.nullable() }),
    event: runEventSchema,
  }),
  'repositories.statistics': command({
    title: 'Measure what a repository holds and what each snapshot adds',
    right: 'registered',
    cancellable: true,
    timeoutMs: 0,
    params: z.strictObject({ id: repositoryIdSchema }),
    result: repositoryStatisticsSchema,
    /** Snapshots gone through so far. */
    event: z.strictObject({ done: z.number().int().nonnegative(), total: z.number().int().nonnegative() }),
  }),
} as const;
