import { Button, Radio, TextInput } from '@mantine/core';
import { type Dispatch, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ask } from '../../state/ask.ts';
import { formatList } from '../../ui/format/list.ts';
import { Notice } from '../../ui/notice.tsx';
import { ChoiceCard } from './choice-card.tsx';
import { placesOfSelection } from './selection.ts';
import type { PointFacts } from './use-point-facts.ts';
import wizardStyles from './wizard.module.css';
import type { WizardEvent, WizardState } from './wizard-state.ts';

/** The original place, or another folder. The original is chosen already, so that Enter leads on. */
export function WhereStep({
  state,
  dispatch,
  facts,
}: {
  readonly state: WizardState;
  readonly dispatch: Dispatch<WizardEvent>;
  readonly facts: PointFacts;
}): ReactNode {
  const { t } = useTranslation('restore');
  const { target } = state;
  const places = state.choosing ? placesOfSelection(facts.paths, state.selection) : facts.paths;
  const [folder, setFolder] = useState(target.kind === 'folder' ? target.path : '');
  const setPath = (path: string): void => {
    setFolder(path);
    dispatch({ type: 'target', target: { kind: 'folder', path } });
  };
  const pick = async (): Promise<void> => {
    const startAt = folder === '' ? {} : { startAt: folder };
    const { path } = await ask('app.pickFolder', { title: t('where.pickTitle'), ...startAt });
    if (path !== null) setPath(path);
  };
  const wrong = folder !== '' && !folder.startsWith('/');

  return (
    <div className={wizardStyles.step}>
      {facts.otherHost !== null && (
        <Notice tone="warn" title={t('where.otherHost', { host: facts.otherHost })}>
          {t('where.otherHostLine')}
        </Notice>
      )}
      <Radio.Group
        aria-label={t('where.question')}
        value={target.kind}
        onChange={(kind) =>
          dispatch({
            type: 'target',
            target: kind === 'folder' ? { kind: 'folder', path: folder } : { kind: 'original' },
          })
        }
      >
        <div className={wizardStyles.choices}>
          <ChoiceCard
            value="original"
            title={t('where.original')}
            description={t(places.length > 1 ? 'where.originalLines' : 'where.originalLine', {
              path: formatList(places),
            })}
          />
          <ChoiceCard
            value="folder"
            title={t('where.folder')}
            description={t(places.length > 1 ? 'where.folderLines' : 'where.folderLine')}
          />
        </div>
      </Radio.Group>
      {target.kind === 'folder' && (
        <div className={wizardStyles.folderRow}>
          <TextInput
            label={t('where.path')}
            placeholder={t('where.pathHint')}
            value={folder}
            onChange={(event) => setPath(event.currentTarget.value)}
            error={wrong ? t('where.absolute') : undefined}
            autoFocus
          />
          <Button variant="default" onClick={() => void pick()}>
            {t('where.pick')}
          </Button>
        </div>
      )}
    </div>
  );
}
