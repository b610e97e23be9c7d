import { Anchor, Button } from '@mantine/core';
import type { Dispatch, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { RestorePlan } from '../../../shared/domain/restore.ts';
import { formatBytes } from '../../ui/format/bytes.ts';
import { formatNumber } from '../../ui/format/numbers.ts';
import { deeds, type PlanTally } from './plan-tally.ts';
import { startGate } from './start-gate.ts';
import wizardStyles from './wizard.module.css';
import type { WizardEvent, WizardState } from './wizard-state.ts';

/** The safety snapshot in a sentence, and the button that says what it does. */
export function PreviewFooter({
  state,
  plan,
  tally,
  dispatch,
  onStart,
  onLookAtDeletions,
}: {
  readonly state: WizardState;
  readonly plan: RestorePlan;
  readonly tally: PlanTally;
  readonly dispatch: Dispatch<WizardEvent>;
  readonly onStart: () => void;
  readonly onLookAtDeletions: () => void;
}): ReactNode {
  const { t } = useTranslation('restore');
  const gate = startGate(plan, tally, state.deletionsSeen);
  return (
    <>
      <SafetySentence state={state} dispatch={dispatch} needed={tally.replace + tally.delete + tally.metadata > 0} />
      {gate.kind === 'look-at-deletions' ? (
        <Button color="bad" variant="light" onClick={onLookAtDeletions}>
          {t('start.lookFirst', { count: gate.count, n: formatNumber(gate.count) })}
        </Button>
      ) : (
        <Button
          variant="filled"
          {...(tally.delete > 0 ? { color: 'bad' } : {})}
          disabled={gate.kind !== 'open'}
          loading={state.starting}
          onClick={onStart}
          data-testid="restore-start"
        >
          {gate.kind === 'nothing-to-do'
            ? t('start.nothing')
            : gate.kind === 'no-space'
              ? t('start.noSpace', { missing: formatBytes(gate.missingBytes) })
              : deedWords(t, tally)}
        </Button>
      )}
    </>
  );
}

type Translate = ReturnType<typeof useTranslation<'restore'>>['t'];

/** `Replace 214, add 12`: each language joins its own parts. */
function deedWords(t: Translate, tally: PlanTally): string {
  const parts = deeds(tally).map(({ deed, count }, index) =>
    t(`start.${index === 0 ? 'first' : 'then'}.${deed}`, { count, n: formatNumber(count) }),
  );
  return parts.join(t('start.joint'));
}

function SafetySentence({
  state,
  dispatch,
  needed,
}: {
  readonly state: WizardState;
  readonly dispatch: Dispatch<WizardEvent>;
  readonly needed: boolean;
}): ReactNode {
  const { t } = useTranslation('restore');
  if (!needed) return <span className={wizardStyles.safety}>{t('safety.notNeeded')}</span>;
  const choose = (choice: 'keep' | 'refused') => () => dispatch({ type: 'safety', choice });
  const link = (words: string, act: () => void): ReactNode => (
    <Anchor component="button" type="button" onClick={act}>
      {words}
    </Anchor>
  );
  return (
    <span className={wizardStyles.safety} data-safety={state.safety} aria-live="polite">
      {t(`safety.${state.safety}`)} {state.safety === 'keep' && link(t('safety.goWithout'), choose('refused'))}
      {state.safety === 'doubt' && (
        <>
          {link(t('safety.reallyWithout'), choose('refused'))} · {link(t('safety.keepIt'), choose('keep'))}
        </>
      )}
      {state.safety === 'refused' && link(t('safety.makeOne'), choose('keep'))}
    </span>
  );
}
