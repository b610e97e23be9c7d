import { z } from 'zod';
import { repositoryIdSchema } from '../domain/ids.ts';
import { method } from './method.ts';

export const helperStateSchema = z.object({
  /** `crashed`: it died under way and is being started again. `unavailable`: it cannot be started; see `explanation`. */
  state: z.enum(['starting', 'ready', 'crashed', 'unavailable']),
  canFreeze: z.boolean(),
  /** Why it cannot hold filesystems still, or why it is not there; for people. Empty when all is well. */
  explanation: z.string(),
  /** Whether asking an administrator could help: a root-owned installed copy is there. */
  canAskForRights: z.boolean(),
  /** The user (or policy) said no in this session, or nobody could be asked; `explanation` says which. The app goes on with `live` backups. */
  refused: z.boolean(),
  crashes: z.number().int().nonnegative(),
  /** Scheduled runs may hold filesystems still without asking. */
  scheduledStillPoints: z.boolean(),
});
export type HelperState = z.infer<typeof helperStateSchema>;

export const secretStoreSchema = z.object({
  /** False where there is no real secret store; passwords are then asked once per start and never stored. */
  available: z.boolean(),
  backend: z.string(),
});
export type SecretStore = z.infer<typeof secretStoreSchema>;

export const themeSchema = z.enum(['light', 'dark', 'system']);

export const timelineViewSchema = z.object({
  /** Milliseconds since the epoch. */
  from: z.number(),
  to: z.number(),
  table: z.boolean(),
});

/** Wishes that a file of an earlier version does not hold yet. A change of settings has no defaults: what it leaves out stays. */
const wishes = {
  startAtLogin: z.boolean().nullable(),
  keepRunning: z.boolean().nullable(),
  notifySuccess: z.boolean(),
};

export const settingsSchema = z.object({
  version: z.literal(1),
  theme: themeSchema,
  language: z.enum(['system', 'en']),
  firstRunDone: z.boolean(),
  /** What was on the screen, so that a restart shows it again. */
  selectedSourceId: z.string().nullable(),
  timelineView: timelineViewSchema.nullable(),
  /** Begin at login, in the tray. Null: the default, which is yes once something is protected. */
  startAtLogin: wishes.startAtLogin.default(null),
  /** What closing the window does. Null: as the desktop allows (goes on in the tray where there is one, else asks). */
  keepRunning: wishes.keepRunning.default(null),
  /** Also tell of runs that went well. */
  notifySuccess: wishes.notifySuccess.default(false),
});
export type Settings = z.infer<typeof settingsSchema>;

export const appMethods = {
  'app.info': method({
    title: 'What this app is and can do',
    params: z.strictObject({}),
    result: z.object({
      version: z.string(),
      hostname: z.string(),
      homePath: z.string(),
      runsAsRoot: z.boolean(),
      helper: helperStateSchema,
      secretStore: secretStoreSchema,
    }),
  }),
  'app.requestRights': method({
    title: 'Ask an administrator to allow still points',
    params: z.strictObject({}),
    result: helperStateSchema,
  }),
  'app.pickFolder': method({
    title: 'Let the user pick a folder with the native picker',
    params: z.strictObject({ title: z.string().max(200), startAt: z.string().max(4096).optional() }),
    result: z.object({ path: z.string().nullable() }),
  }),
  'app.openFolder': method({
    title: 'Show a folder in the file manager',
    params: z.strictObject({ path: z.string().max(4096) }),
    result: z.object({}),
  }),
  'app.places': method({
    title: 'Folders and disks worth offering: home, external disks',
    params: z.strictObject({}),
    result: z.object({
      home: z.string(),
      disks: z.array(
        z.object({
          path: z.string(),
          label: z.string(),
          filesystem: z.string(),
          freeBytes: z.number(),
          totalBytes: z.number(),
          removable: z.boolean(),
        }),
      ),
    }),
  }),
  'settings.get': method({ title: 'Read settings', params: z.strictObject({}), result: settingsSchema }),
  'settings.set': method({
    title: 'Change settings',
    params: settingsSchema.omit({ version: true }).extend(wishes).partial().strict(),
    result: settingsSchema,
  }),
  'catalog.rebuild': method({
    title: 'Rebuild the local index from the repositories',
    params: z.strictObject({}),
    result: z.object({ snapshots: z.number().int() }),
  }),
  'recovery.sheet': method({
    title: 'Make a recovery sheet with a revocable key of its own and let the user save it',
    params: z.strictObject({ repositoryId: repositoryIdSchema }),
    /** Null path: the user closed the dialog; the key is removed again. */
    result: z.object({ path: z.string().nullable() }),
  }),
} as const;
