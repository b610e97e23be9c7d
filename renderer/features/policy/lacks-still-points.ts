import { isAtLeast } from '../../../shared/domain/level.ts';
import type { HelperState } from '../../../shared/ipc/app.ts';
import type { SourceView } from '../../../shared/ipc/sources.ts';

/** Whether something is scheduled that only holding still would give what is asked for, and a consent is what is missing. */
export function lacksStillPoints(
  helper: Pick<HelperState, 'state' | 'canFreeze' | 'canAskForRights' | 'scheduledStillPoints'>,
  sources: readonly Pick<SourceView, 'policy'>[],
): boolean {
  if (helper.state !== 'ready' || helper.scheduledStillPoints) return false;
  if (!helper.canFreeze && !helper.canAskForRights) return false;
  return sources.some(({ policy }) => policy.schedule.kind !== 'manual' && isAtLeast(policy.requiredLevel, 'crash'));
}
