import { z } from 'zod';
import { StillpointError } from '../../../../../shared/errors/index.ts';
import { complaintOf, type Tool } from '../tool.ts';

/** One logical volume, as `lvs` tells of it. */
export interface LogicalVolume {
  readonly group: string;
  readonly groupUuid: string;
  readonly name: string;
  readonly uuid: string;
  /** linear, striped, thin, snapshot, ... */
  readonly segmentType: string;
  readonly tags: readonly string[];
  /** Node under /dev/mapper. */
  readonly path: string;
  readonly bytes: number;
  readonly groupFreeBytes: number;
  readonly extentBytes: number;
  /** Of a thin volume; else empty. */
  readonly pool: string;
  /** What it is a snapshot of; else empty. */
  readonly originUuid: string;
  /** Percent; null where it has none. */
  readonly dataPercent: number | null;
  readonly metadataPercent: number | null;
  readonly isInvalidSnapshot: boolean;
  /** Whoever reads or writes it waits. */
  readonly isSuspended: boolean;
}

const fields = {
  vg_name: 'group',
  vg_uuid: 'groupUuid',
  lv_name: 'name',
  lv_uuid: 'uuid',
  segtype: 'segmentType',
  lv_tags: 'tags',
  lv_dm_path: 'path',
  lv_size: 'bytes',
  vg_free: 'groupFreeBytes',
  vg_extent_size: 'extentBytes',
  pool_lv: 'pool',
  origin_uuid: 'originUuid',
  data_percent: 'dataPercent',
  metadata_percent: 'metadataPercent',
  lv_snapshot_invalid: 'isInvalidSnapshot',
  lv_suspended: 'isSuspended',
} as const;

const rowSchema = z.object(
  Object.fromEntries(Object.keys(fields).map((name) => [name, z.string()])) as Record<keyof typeof fields, z.ZodString>,
);
const reportSchema = z.object({ report: z.array(z.object({ lv: z.array(rowSchema) })) });

/** All logical volumes that LVM sees, parts of others left out. Source: lvmreport(7). */
export async function listVolumes(lvm: Tool): Promise<readonly LogicalVolume[]> {
  const result = await lvm.run([
    ...['lvs', '--reportformat', 'json', '--units', 'b', '--nosuffix', '--binary'],
    ...['--options', Object.keys(fields).join(',')],
  ]);
  if (result.exitCode !== 0) throw failed('told nothing of its volumes', complaintOf(result));
  const rows = readReport(result.stdout.toString());
  // A volume in several segments is listed once for each.
  return [...new Map(rows.map((row) => [row.lv_uuid, volumeOf(row)])).values()];
}

function readReport(text: string): readonly z.infer<typeof rowSchema>[] {
  try {
    return reportSchema.parse(JSON.parse(text)).report.flatMap(({ lv }) => lv);
  } catch (cause) {
    throw failed('answered in a way that cannot be understood', cause instanceof Error ? cause.message : '');
  }
}

function volumeOf(row: z.infer<typeof rowSchema>): LogicalVolume {
  const percent = (text: string): number | null => (text === '' || text === '-1' ? null : Number(text));
  return {
    group: row.vg_name,
    groupUuid: row.vg_uuid,
    name: row.lv_name,
    uuid: row.lv_uuid,
    segmentType: row.segtype,
    tags: row.lv_tags === '' ? [] : row.lv_tags.split(','),
    path: row.lv_dm_path,
    bytes: Number(row.lv_size),
    groupFreeBytes: Number(row.vg_free),
    extentBytes: Number(row.vg_extent_size),
    pool: row.pool_lv,
    originUuid: row.origin_uuid,
    dataPercent: percent(row.data_percent),
    metadataPercent: percent(row.metadata_percent),
    isInvalidSnapshot: row.lv_snapshot_invalid === '1',
    isSuspended: row.lv_suspended === '1',
  };
}

/** The kernel's uuid of a volume: `LVM-`, group and volume without dashes. */
export function isMappedAs({ groupUuid, uuid }: LogicalVolume, mappedUuid: string): boolean {
  return mappedUuid === `LVM-${`${groupUuid}${uuid}`.replaceAll('-', '')}`;
}

export function failed(what: string, complaint: string): StillpointError {
  return new StillpointError({
    kind: 'freeze-refused',
    message: `LVM ${what}${complaint === '' ? '.' : `: ${complaint}`}`,
    guidance: 'The message is LVM’s own.',
    retryable: true,
  });
}
