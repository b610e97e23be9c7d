import { backupHandlers } from './commands/backup-handlers.ts';
import type { HelperContext } from './commands/context.ts';
import { hookHandlers } from './commands/hook-handlers.ts';
import { keepHandlers } from './commands/keep-handlers.ts';
import { maintenanceHandlers } from './commands/maintenance-handlers.ts';
import { quietHandlers } from './commands/quiet-handlers.ts';
import { registryHandlers } from './commands/registry-handlers.ts';
import { repositoryHandlers } from './commands/repository-handlers.ts';
import { restoreHandlers } from './commands/restore-handlers.ts';
import { scheduleHandlers } from './commands/schedule-handlers.ts';
import { snapshotHandlers } from './commands/snapshot-handlers.ts';
import { sourceHandlers } from './commands/source-handlers.ts';
import { statusHandlers } from './commands/status-handlers.ts';
import { trialHandlers } from './commands/trial-handlers.ts';
import type { Handlers } from './server/service.ts';

/** Every command of the contract; the type says when one is missing. */
export function createHandlers(context: HelperContext): Handlers {
  return {
    ...statusHandlers(context),
    ...registryHandlers(context),
    ...sourceHandlers(context),
    ...repositoryHandlers(context),
    ...keepHandlers(context),
    ...backupHandlers(context),
    ...scheduleHandlers(context),
    ...snapshotHandlers(context),
    ...restoreHandlers(context),
    ...trialHandlers(context),
    ...hookHandlers(context),
    ...quietHandlers(context),
    ...maintenanceHandlers(context),
  };
}
