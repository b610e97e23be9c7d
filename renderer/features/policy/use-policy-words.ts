import { useTranslation } from 'react-i18next';
import type { PolicyChoice, PolicyWords } from '../../state/policy-parts.ts';
import { keepWords } from './keep-words.ts';
import { conditionWords, scheduleWords } from './schedule-words.ts';

export function usePolicyWords(): (policy: PolicyChoice) => PolicyWords {
  const { t } = useTranslation('policy');
  return ({ schedule, conditions, keep }) => ({
    schedule: scheduleWords(schedule, t),
    conditions: schedule.kind === 'manual' ? '' : conditionWords(conditions, t),
    keep: keepWords(keep, t),
  });
}
