import { alertHandlers } from './handlers/alerts.ts';
import { appHandlers } from './handlers/app.ts';
import { repositoryHandlers } from './handlers/repositories.ts';
import { restoreHandlers } from './handlers/restore.ts';
import { runHandlers } from './handlers/runs.ts';
import { scheduleHandlers } from './handlers/schedule.ts';
import { snapshotHandlers } from './handlers/snapshots.ts';
import { sourceHandlers } from './handlers/sources.ts';
import { stillPointHandlers } from './handlers/still-points.ts';
import { timelineHandlers } from './handlers/timeline.ts';
import type { Handlers } from './handlers.ts';
import type { Services } from './services.ts';

export function allHandlers(services: Services): Handlers {
  return {
    ...appHandlers(services),
    ...sourceHandlers(services),
    ...repositoryHandlers(services),
    ...runHandlers(services),
    ...timelineHandlers(services),
    ...stillPointHandlers(services),
    ...snapshotHandlers(services),
    ...restoreHandlers(services),
    ...scheduleHandlers(services),
    ...alertHandlers(services),
  };
}
