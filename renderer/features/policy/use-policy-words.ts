import { useTranslation } from 'react-i18next';
import type { PolicyChoice, PolicyWords } from '../../state/policy-parts.ts';
import { keepWords } from './keep-words.ts';
import { conditionWords, scheduleWords } from './schedule-words.ts';
import { stillWords } from './still-words.ts';

export function usePolicyWords(): (policy: PolicyChoice) => PolicyWords {
  const { t } = useTranslation('policy');
  return ({ schedule, conditions, still, keep }) => ({
    schedule: scheduleWords(schedule, t),
    conditions: conditionWords(schedule.kind === 'manual' ? null : conditions, t, stillWords(still, t)),
    keep: keepWords(keep, t),
  });
}
