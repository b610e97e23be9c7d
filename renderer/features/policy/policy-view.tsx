import { Button } from '@mantine/core';
import { type ReactNode, useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { asStillpointError, type StillpointError } from '../../../shared/errors/index.ts';
import type { SourceView } from '../../../shared/ipc/sources.ts';
import { ask } from '../../state/ask.ts';
import { choiceOf, needsRegistration } from '../../state/policy-parts.ts';
import { useStore } from '../../state/store.ts';
import type { ViewOf } from '../../state/view.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { useFocusHere } from '../../ui/use-focus-here.ts';
import classes from './policy.module.css';
import { PolicySections } from './policy-sections.tsx';
import { StillPointsNotice } from './still-points.tsx';

/** When one source is backed up and what is kept of it. */
export function PolicyView({ view }: { readonly view: ViewOf<'edit-policy'> }): ReactNode {
  const { t } = useTranslation('policy');
  const source = useStore((state) => state.sources?.find(({ id }) => id === view.sourceId));
  if (source === undefined) return <EmptyState title={t('view.gone')}>{t('view.goneLine')}</EmptyState>;
  return <Editor key={source.id} source={source} />;
}

function Editor({ source }: { readonly source: SourceView }): ReactNode {
  const { t } = useTranslation('policy');
  const heading = useFocusHere<HTMLHeadingElement>();
  const back = useStore((state) => state.back);
  const removable = useStore(
    (state) => state.repositories?.find(({ id }) => id === source.policy.repositoryId)?.removable ?? false,
  );
  const [choice, setChoice] = useState(() => choiceOf(source.policy));
  const [valid, setValid] = useState(true);
  const [saving, setSaving] = useState(false);
  const [error, setError] = useState<StillpointError | null>(null);
  const onValid = useCallback((now: boolean) => setValid(now), []);
  const save = async (): Promise<void> => {
    setSaving(true);
    setError(null);
    const policy = { ...source.policy, ...choice };
    const { id, name, spec } = source;
    try {
      if (needsRegistration(source.policy, policy)) await ask('sources.update', { id, name, spec, policy });
      else await ask('sources.setPolicy', { id, policy });
      await Promise.all([useStore.getState().refreshSources(), useStore.getState().refreshTimeline()]);
      back();
    } catch (thrown) {
      setError(asStillpointError(thrown));
    } finally {
      setSaving(false);
    }
  };
  return (
    <form
      className={classes.view}
      aria-label={t('view.title', { name: source.name })}
      onSubmit={(event) => {
        event.preventDefault();
        if (valid) void save();
      }}
    >
      <header className={classes.head}>
        <h1 ref={heading} tabIndex={-1}>
          {t('view.title', { name: source.name })}
        </h1>
      </header>
      <StillPointsNotice sourceId={source.id} />
      <section className={classes.panel}>
        <PolicySections
          value={choice}
          sourceId={source.id}
          removable={removable}
          unfolded={['schedule', 'keep']}
          onChange={setChoice}
          onValid={onValid}
        />
      </section>
      {error !== null && <ErrorPanel error={error} />}
      <footer className={classes.foot}>
        <Button variant="default" onClick={back}>
          {t('view.cancel')}
        </Button>
        <Button type="submit" variant="filled" disabled={!valid} loading={saving}>
          {t('view.save')}
        </Button>
      </footer>
    </form>
  );
}
