import { isAtLeast } from '../../../shared/domain/level.ts';
import { canHaveBeen } from '../../../shared/domain/schedule/late.ts';
import type { Source } from '../../../shared/domain/source.ts';
import { instantToMs } from '../../../shared/domain/time.ts';
import type { HelperService } from '../../helper/server/service.ts';
import { allSnapshots } from '../find-snapshot.ts';
import { backupsOf } from './ports.ts';

/**
 * The time of the newest snapshot that met the policy, however it came about; null: there is none, or nobody can be asked.
 * One that is dated ahead of the clock tells nothing: those before it do.
 */
export async function lastGoodAt(source: Source, service: HelperService, now: number): Promise<number | null> {
  const { repositoryId, requiredLevel } = source.policy;
  const snapshots = await allSnapshots(service, repositoryId).catch(() => []);
  const good = backupsOf(source, snapshots).findLast(
    ({ level, time }) => level !== null && isAtLeast(level, requiredLevel) && canHaveBeen(instantToMs(time), now),
  );
  return good ? instantToMs(good.time) : null;
}
