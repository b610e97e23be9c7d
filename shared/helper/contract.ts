import { z } from 'zod';
import { backupCommands } from './backup-commands.ts';
import { hookCommands } from './hook-commands.ts';
import { keepCommands } from './keep-commands.ts';
import { maintenanceCommands } from './maintenance-commands.ts';
import { quietCommands } from './quiet-commands.ts';
import { registryCommands } from './registry-commands.ts';
import { repositoryCommands } from './repository-commands.ts';
import { restoreCommands } from './restore-commands.ts';
import { scheduleCommands } from './schedule-commands.ts';
import { snapshotCommands } from './snapshot-commands.ts';
import { sourceCommands } from './source-commands.ts';
import { statusCommands } from './status-commands.ts';
import { trialCommands } from './trial-commands.ts';

/** The closed list of what a helper does. Nothing else is understood, none carries a shell string. */
export const helperContract = {
  ...statusCommands,
  ...registryCommands,
  ...sourceCommands,
  ...repositoryCommands,
  ...backupCommands,
  ...snapshotCommands,
  ...restoreCommands,
  ...scheduleCommands,
  ...keepCommands,
  ...trialCommands,
  ...hookCommands,
  ...quietCommands,
  ...maintenanceCommands,
} as const;

export type HelperContract = typeof helperContract;
export type HelperCommandName = keyof HelperContract;
export type HelperParams<N extends HelperCommandName> = z.infer<HelperContract[N]['params']>;
export type HelperResult<N extends HelperCommandName> = z.infer<HelperContract[N]['result']>;
export type HelperEvent<N extends HelperCommandName> = z.infer<HelperContract[N]['event']>;

export const helperCommandNameSchema = z.enum(
  Object.keys(helperContract) as [HelperCommandName, ...HelperCommandName[]],
);
