import { Anchor, Radio } from '@mantine/core';
import type { Dispatch, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStore } from '../../state/store.ts';
import { formatList } from '../../ui/format/list.ts';
import { formatNumber } from '../../ui/format/numbers.ts';
import { ChoiceCard } from './choice-card.tsx';
import { FilePicker } from './file-picker.tsx';
import type { PointFacts } from './use-point-facts.ts';
import wizardStyles from './wizard.module.css';
import type { WizardEvent, WizardState } from './wizard-state.ts';

/** Everything, or a choice by browsing; a single file can also be found by its name. */
export function WhatStep({
  state,
  dispatch,
  facts,
}: {
  readonly state: WizardState;
  readonly dispatch: Dispatch<WizardEvent>;
  readonly facts: PointFacts;
}): ReactNode {
  const { t } = useTranslation('restore');
  const open = useStore((store) => store.open);
  const roots = facts.paths.length === 0 ? ['/'] : facts.paths;
  return (
    <div className={wizardStyles.step}>
      <Radio.Group
        aria-label={t('what.question')}
        value={state.choosing ? 'some' : 'all'}
        onChange={(value) => dispatch({ type: value === 'all' ? 'choose-whole' : 'choose-files' })}
      >
        <div className={wizardStyles.choices}>
          <ChoiceCard
            value="all"
            title={t('what.all')}
            description={t('what.allLine', { path: formatList(facts.paths) })}
          />
          <ChoiceCard value="some" title={t('what.some')} description={t('what.someLine')} />
        </div>
      </Radio.Group>
      {state.choosing ? (
        <>
          <FilePicker
            key={roots.join('\0')}
            point={state.point}
            roots={roots}
            selection={state.selection}
            onChange={(selection) => dispatch({ type: 'selected', selection })}
          />
          <p className={wizardStyles.quiet} aria-live="polite">
            {t('what.chosen', { count: state.selection.length, n: formatNumber(state.selection.length) })}
          </p>
        </>
      ) : (
        <p className={wizardStyles.quiet}>
          {t('what.oneFile')}{' '}
          <Anchor component="button" type="button" onClick={() => open({ name: 'search', text: '' })}>
            {t('what.search')}
          </Anchor>
        </p>
      )}
    </div>
  );
}
