import { z } from 'zod';
import { hookCallSchema, maxHookCalls } from './hooks.ts';
import { runIdSchema, sourceIdSchema } from './ids.ts';
import { consistencyLevelSchema } from './level.ts';
import { quiesceMethodSchema } from './method.ts';
import { instantSchema } from './time.ts';

export const evidenceVersion = 1;

/** How many paths of one list are kept; the totals beside them are always exact. */
export const maxListedPaths = 1000;

/** A pause in which no writer could change the source. Absent where the method holds nobody. */
export const holdSchema = z.object({
  /** When the freeze was asked for and when it was known to be in force. */
  requestedAt: instantSchema,
  frozenAt: instantSchema,
  /** When the thaw was asked for and when writers ran again. */
  thawRequestedAt: instantSchema,
  thawedAt: instantSchema,
  /** requestedAt to thawedAt on the monotonic clock: the longest a writer can have waited. Milliseconds. */
  stallMs: z.number().nonnegative(),
  leaseMs: z.number().positive(),
  /** Who ended it. Only `command` lets a held level be earned: anything else means it ended before we were done. */
  thawCause: z.enum(['command', 'deadline', 'end-of-file', 'other']),
  /** True when our own thaw call found the filesystem still frozen by us. */
  thawConfirmed: z.boolean(),
  /** Everything the snapshot holds was read between frozenAt and thawRequestedAt. */
  readInside: z.boolean(),
  filesInside: z.number().int().nonnegative(),
  bytesInside: z.number().int().nonnegative(),
});
export type Hold = z.infer<typeof holdSchema>;

export const suspectSchema = z.object({
  kind: z.enum(['writable-mapping', 'loop-device', 'asynchronous-io', 'open-for-writing', 'swap-file']),
  path: z.string(),
  pid: z.number().int().nonnegative().optional(),
});
export type Suspect = z.infer<typeof suspectSchema>;

/** One filesystem of several that were held at one barrier. */
export const heldMemberSchema = z.object({
  /** The members of the group that lie on it. */
  locations: z.array(z.string()),
  mountPoint: z.string(),
  filesystem: z.string(),
  hold: holdSchema,
});
export type HeldMember = z.infer<typeof heldMemberSchema>;

/** What was seen of a source that nobody held. */
export const observationSchema = z.object({
  firstScanStartedAt: instantSchema,
  firstScanFinishedAt: instantSchema,
  lastScanStartedAt: instantSchema,
  lastScanFinishedAt: instantSchema,
  /** Dirty pages of the source's filesystem were flushed before the first scan, so that a later store moves a ctime. */
  flushedBeforeFirstScan: z.boolean(),
  /** Entries that differ between the two whole-tree scans (added, removed, changed). */
  differences: z.number().int().nonnegative(),
  /** Newest ctime seen in the tree; it must lie before the first scan by more than the clock's granularity. */
  newestChangeAt: instantSchema.nullable(),
  ctimeGranularityMs: z.number().positive(),
  /** Every process, mapping and device that could hide a write was looked at, before and after. */
  suspectScanComplete: z.boolean(),
  /** Why it was not complete, for people; empty when it was. */
  suspectScanGap: z.string(),
  suspects: z.array(suspectSchema).max(maxListedPaths),
  suspectsTotal: z.number().int().nonnegative(),
});
export type Observation = z.infer<typeof observationSchema>;

/** The application's own word that its point is consistent (a checkpoint, an agent's freeze). */
export const agreementSchema = z.object({
  application: z.string(),
  /** The application's own name for the point: a log position, a checkpoint, a generation. */
  position: z.string(),
  confirmed: z.boolean(),
});

/**
 * What shows that content which was read before a hold was still the same within it. Absent where everything was read
 * inside, and where nobody was held.
 */
export const trackingSchema = z.object({
  /** How changes were learned of. `fanotify`: the whole filesystem, by file handle; source: fanotify(7). */
  kind: z.enum(['fanotify']),
  /** From here on every change that can be told was told. */
  startedAt: instantSchema,
  /** Version of an earlier run whose record of changes was continued; null: everything was looked at anew. */
  continuedFrom: z.string().nullable(),
  /** Times at which changes may have been missed (a full queue, a remount); after each everything was looked at again. */
  gaps: z.number().int().nonnegative(),
  /** Live passes in order: what each read. */
  passes: z
    .array(
      z.object({
        files: z.number().int().nonnegative(),
        bytes: z.number().int().nonnegative(),
        durationMs: z.number().nonnegative(),
      }),
    )
    .max(50),
  /** Everything told up to the freeze was taken in while frozen, until nothing was left. */
  drainedInside: z.boolean(),
  /** What that and the look inside found changed: folders listed again, files read again, their bytes. */
  foldersInside: z.number().int().nonnegative(),
  filesInside: z.number().int().nonnegative(),
  bytesInside: z.number().int().nonnegative(),
  /** Inodes open for writing before the freeze, and whether each was looked at again while frozen. */
  openForWriting: z.number().int().nonnegative(),
  restatInside: z.boolean(),
  /** Who can write unseen was looked for right before the freeze and right after the thaw, among everybody. */
  writerScanComplete: z.boolean(),
  /** Why it was not complete, for people; empty when it was. */
  writerScanGap: z.string(),
  /** Files that somebody could write to unseen, at either look. */
  suspects: z.array(suspectSchema).max(maxListedPaths),
  suspectsTotal: z.number().int().nonnegative(),
  /** Of those: read in full while frozen, or shown to be untouched since a flush that came before they were read. */
  suspectsSettled: z.number().int().nonnegative(),
  /** Taken at the still point by copy-before-write. */
  hotFiles: z.number().int().nonnegative(),
  /** Freezes begun and ended early, or not begun, before this one: each with its reason. */
  retries: z.array(z.string()).max(20),
  /** Whatever else could not be ruled out, one sentence each, for people; any of it forbids a held level. */
  doubts: z.array(z.string()).max(20),
});
export type Tracking = z.infer<typeof trackingSchema>;

/** How long a writer of our own waited, where one was allowed beside the source: what the hold looked like from there. */
export const probeSchema = z.object({
  /** Steps of the probe around the hold and the longest of them, ms. */
  steps: z.number().int().nonnegative(),
  longestMs: z.number().nonnegative(),
});

export const pathNoteSchema = z.object({ path: z.string(), reason: z.string() });
export type PathNote = z.infer<typeof pathNoteSchema>;

export const filesSchema = z.object({
  files: z.number().int().nonnegative(),
  directories: z.number().int().nonnegative(),
  others: z.number().int().nonnegative(),
  bytes: z.number().int().nonnegative(),
  /** Files that changed while being read and were read again until two looks agreed. */
  rereadTotal: z.number().int().nonnegative(),
  /** Files whose stored content may mix two moments, after every retry. */
  torn: z.array(pathNoteSchema).max(maxListedPaths),
  tornTotal: z.number().int().nonnegative(),
  unreadable: z.array(pathNoteSchema).max(maxListedPaths),
  unreadableTotal: z.number().int().nonnegative(),
});
export type FilesEvidence = z.infer<typeof filesSchema>;

/**
 * The record of how still a source was, kept inside the snapshot at `evidencePath`. Complete enough that `earnLevel`
 * gives the same level to anyone who reads it.
 */
export const evidenceSchema = z.object({
  version: z.literal(evidenceVersion),
  runId: runIdSchema,
  sourceId: sourceIdSchema.nullable(),
  sourceName: z.string(),
  sourceKind: z.string(),
  sourceLocation: z.string(),
  method: quiesceMethodSchema,
  level: consistencyLevelSchema,
  levelReason: z.string(),
  /** Why no stronger method or level, one sentence each, for people. */
  whyNotStronger: z.array(z.string()).max(20),
  askedAt: instantSchema,
  stillPoint: instantSchema,
  hold: holdSchema.nullable(),
  /** Where several filesystems were held at one barrier: each of them, in the order of their freezes; `hold` is what all had. */
  members: z.array(heldMemberSchema).max(16).optional(),
  tracking: trackingSchema.nullable().default(null),
  probe: probeSchema.nullable().default(null),
  /** Programs called before writers were held and after they ran again, in order. */
  hooks: z.array(hookCallSchema).max(maxHookCalls).default([]),
  observation: observationSchema.nullable(),
  agreement: agreementSchema.nullable(),
  /** Atomic snapshot of the storage below (one instant by construction); whether everything was flushed into it. */
  atomic: z.object({ kind: z.string(), flushed: z.boolean(), oraclesPassed: z.boolean() }).nullable(),
  /** When the source's dirty pages were last flushed before the reading began; null if never. */
  flushedAt: instantSchema.nullable(),
  files: filesSchema,
  leftOut: z.array(pathNoteSchema).max(maxListedPaths),
  leftOutTotal: z.number().int().nonnegative(),
  attempts: z.number().int().positive(),
  machine: z.object({
    hostname: z.string(),
    kernel: z.string(),
    filesystem: z.string(),
    mountPoint: z.string(),
    device: z.string(),
  }),
  /**
   * Facts of one method or kind of source that no other has: log positions, dirty bitmaps, image ids. `checkpoint` has one
   * meaning for all: the version that the next run's record of changes counts from.
   */
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});
export type Evidence = z.infer<typeof evidenceSchema>;

/** Reserved place of the evidence inside a snapshot's tree, beside the source's own path. */
export const evidencePath = '/.stillpoint/evidence.json';
