import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { SourceId } from '../../shared/domain/ids.ts';
import { RunCards } from '../features/running-card/run-cards.tsx';
import { AttentionList } from '../features/summary/attention-list.tsx';
import { SummaryLine } from '../features/summary/summary-line.tsx';
import { Timeline } from '../features/timeline/timeline.tsx';
import { Banners } from './frame/banners.tsx';
import classes from './main-view.module.css';

/** The main view: one line that says how things are, what runs, the timeline, and what needs attention. */
export function MainView({ onBackUp }: { readonly onBackUp: (sourceId: SourceId) => void }): ReactNode {
  const { t } = useTranslation('app');
  return (
    <div className={classes.main}>
      <h1 className="sp-visually-hidden">{t('timeline')}</h1>
      <Banners />
      <SummaryLine />
      <RunCards onBackUp={onBackUp} />
      <Timeline />
      <AttentionList onBackUp={onBackUp} />
    </div>
  );
}
