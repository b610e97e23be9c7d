import { Button, Loader } from '@mantine/core';
import { IconArrowBackUp } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { snapshotPathName } from '../../../shared/domain/path-text.ts';
import type { Change } from '../../../shared/domain/snapshot.ts';
import { usePutBack } from '../../state/put-back.ts';
import type { SnapshotRef } from '../../state/view.ts';
import { DiffView } from '../../ui/diff/diff-view.tsx';
import { EntryIcon } from '../../ui/entry-icon.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { shownName } from '../../ui/format/quoted-name.ts';
import classes from './compare.module.css';
import type { OtherSide } from './use-changes.ts';
import { useTexts } from './use-texts.ts';

/** One changed file, its text then and later where it is text, and the way back to the earlier one. */
export function ChangedFile({
  change,
  before,
  after,
  planId,
}: {
  readonly change: Change;
  readonly before: SnapshotRef;
  readonly after: OtherSide;
  readonly planId: string | null;
}): ReactNode {
  const { t } = useTranslation('compare');
  const putBack = usePutBack();
  const name = shownName(snapshotPathName(change.path));
  const texts = useTexts(change, before, after, planId);
  return (
    <aside className={classes.pane} aria-label={name}>
      <header className={classes.detailHead}>
        <div>
          <h2>{name}</h2>
          <p className={classes.quiet}>{t(`detail.${change.change}`)}</p>
        </div>
        {change.change !== 'added' && (
          <Button
            variant="default"
            leftSection={<IconArrowBackUp size={17} aria-hidden="true" />}
            onClick={() => putBack({ point: { ...before, instant: null }, selection: [change.path], name })}
          >
            {t('putBack')}
          </Button>
        )}
      </header>
      {texts.error !== null && <ErrorPanel error={texts.error} />}
      {texts.loading ? (
        <div className={classes.noDiff}>
          <Loader size="sm" role="status" aria-label={t('reading')} />
        </div>
      ) : texts.before !== null && texts.after !== null ? (
        <DiffView before={texts.before} after={texts.after} name={name} />
      ) : (
        <div className={classes.noDiff}>
          <EntryIcon name={name} type={change.type} size={36} />
          <span>
            {t(change.change === 'metadata' ? 'sameContent' : change.type === 'file' ? 'notText' : 'notFile')}
          </span>
        </div>
      )}
    </aside>
  );
}
