import { Button, TextInput } from '@mantine/core';
import { type ReactNode, useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RepositoryId } from '../../../shared/domain/ids.ts';
import type { ConsistencyLevel } from '../../../shared/domain/level.ts';
import type { Policy } from '../../../shared/domain/policy.ts';
import type { Preflight } from '../../../shared/domain/preflight.ts';
import { isSamePlaces, type SourceSpec } from '../../../shared/domain/source.ts';
import { asStillpointError, type StillpointError } from '../../../shared/errors/index.ts';
import type { SourceView } from '../../../shared/ipc/sources.ts';
import { ask } from '../../state/ask.ts';
import { choiceOf, needsRegistration, type PolicyChoice, usePolicyParts } from '../../state/policy-parts.ts';
import { useStore } from '../../state/store.ts';
import type { ViewOf } from '../../state/view.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { Notice } from '../../ui/notice.tsx';
import { useFocusHere } from '../../ui/use-focus-here.ts';
import classes from './add-source.module.css';
import { fieldError } from './field-error.ts';
import { RepositoryChoice } from './repository-choice.tsx';
import { SourceChooser } from './source-chooser.tsx';
import {
  draftOf,
  draftProblem,
  emptyDraft,
  isSameSpec,
  requiredLevelAfter,
  requiredLevelFor,
  type SourceDraft,
  specOf,
} from './source-draft.ts';

/** Another source, or the particulars of one that is there. Nothing is registered before the last button. */
export function AddSourceView({ view }: { readonly view: ViewOf<'add-source'> | ViewOf<'edit-source'> }): ReactNode {
  const { t } = useTranslation('add-source');
  const heading = useFocusHere<HTMLHeadingElement>();
  const { PolicySections } = usePolicyParts();
  const { open, back, backUp, sources, repositories, selectSource } = useStore();
  const home = useStore((state) => state.info?.homePath ?? '');
  const edited = view.name === 'edit-source' ? (sources?.find(({ id }) => id === view.sourceId) ?? null) : null;
  const [draft, setDraft] = useState<SourceDraft>(() =>
    edited === null ? emptyDraft('', home, { home: '', system: '' }) : draftOf(edited.name, edited.spec),
  );
  const [chosen, setChosen] = useState<RepositoryId | null>(edited?.policy.repositoryId ?? null);
  const [choice, setChoice] = useState<PolicyChoice>(() => choiceOf(edited?.policy ?? null));
  const [choiceIsValid, setChoiceIsValid] = useState(true);
  const [preflight, setPreflight] = useState<Preflight | null>(null);
  const [mountPoints, setMountPoints] = useState<readonly string[]>([]);
  const [working, setWorking] = useState<'add' | 'back-up' | null>(null);
  const [error, setError] = useState<StillpointError | null>(null);
  const repositoryId = chosen ?? repositories?.[0]?.id ?? null;
  const ready = draftProblem(draft) === null && preflight !== null && repositoryId !== null && choiceIsValid;
  const removable = repositories?.find(({ id }) => id === repositoryId)?.removable ?? false;
  const onValid = useCallback((valid: boolean) => setChoiceIsValid(valid), []);
  const keep = useCallback((found: Preflight | null, at: readonly string[]) => {
    setPreflight(found);
    setMountPoints(at);
  }, []);

  const save = async (andBackUp: boolean): Promise<void> => {
    if (preflight === null || repositoryId === null) return;
    setWorking(andBackUp ? 'back-up' : 'add');
    setError(null);
    const name = draft.name.trim();
    const spec = specOf(draft);
    const policy = { ...choice, repositoryId, requiredLevel: levelFor(edited, spec, choice, preflight) };
    try {
      const source =
        edited === null
          ? await ask('sources.add', { name, spec, policy })
          : isSameRegistration(edited, { name, spec, policy })
            ? await ask('sources.setPolicy', { id: edited.id, policy })
            : await ask('sources.update', { id: edited.id, name, spec, policy });
      if (andBackUp) await backUp(source.id);
      selectSource(source.id);
      open({ name: 'main' });
    } catch (thrown) {
      setError(asStillpointError(thrown));
    } finally {
      setWorking(null);
    }
  };

  return (
    <form
      className={classes.view}
      aria-label={t(edited === null ? 'title' : 'editTitle')}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) void save(edited === null);
      }}
    >
      <header className={classes.head}>
        <h1 ref={heading} tabIndex={-1}>
          {edited === null ? t('title') : t('editTitle', { name: edited.name })}
        </h1>
        <Button variant="default" onClick={back}>
          {t('cancel')}
        </Button>
      </header>
      <section className={classes.part}>
        <h2>{t('where.title')}</h2>
        <p className={classes.quiet}>{t('where.line')}</p>
        <SourceChooser
          foldExcludes
          several
          draft={draft}
          longestStallMs={choice.longestStallMs}
          onChange={setDraft}
          onPreflight={keep}
        />
        <TextInput
          className={classes.name ?? ''}
          label={t('name.label')}
          description={t('name.line')}
          value={draft.name}
          onChange={(event) => setDraft({ ...draft, name: event.currentTarget.value, nameTyped: true })}
          error={fieldError(error, 'name')}
        />
      </section>
      <section className={classes.part}>
        <h2>{t('repository.title')}</h2>
        <RepositoryChoice value={repositoryId} onChange={setChosen} sourceMountPoints={mountPoints} />
      </section>
      <section className={classes.part}>
        <h2>{t('policy.title')}</h2>
        <PolicySections
          value={choice}
          sourceId={edited?.id ?? null}
          removable={removable}
          onChange={setChoice}
          onValid={onValid}
        />
      </section>
      {edited !== null && !isSamePlaces(edited.spec, specOf(draft)) && (
        <Notice tone="info" title={t(draft.others.length === 0 ? 'moved.title' : 'moved.titleOthers')}>
          {t(draft.others.length === 0 ? 'moved.line' : 'moved.lineOthers')} {t('moved.anew')}
        </Notice>
      )}
      {error !== null && fieldError(error, 'name') === null && <ErrorPanel error={error} />}
      <footer className={classes.foot}>
        {edited === null ? (
          <>
            <Button variant="default" disabled={!ready} loading={working === 'add'} onClick={() => void save(false)}>
              {t('add')}
            </Button>
            <Button type="submit" variant="filled" disabled={!ready} loading={working === 'back-up'}>
              {t('addAndBackUp')}
            </Button>
          </>
        ) : (
          <Button type="submit" variant="filled" disabled={!ready} loading={working !== null}>
            {t('save')}
          </Button>
        )}
      </footer>
    </form>
  );
}

/** Only what the person may decide alone was changed. */
function isSameRegistration(
  edited: SourceView,
  { name, spec, policy }: { readonly name: string; readonly spec: SourceSpec; readonly policy: Policy },
): boolean {
  return edited.name === name && isSameSpec(edited.spec, spec) && !needsRegistration(edited.policy, policy);
}

function levelFor(
  edited: SourceView | null,
  spec: SourceSpec,
  choice: PolicyChoice,
  preflight: Preflight,
): ConsistencyLevel {
  if (edited === null) return requiredLevelFor(preflight);
  const sameTerms = isSamePlaces(edited.spec, spec) && edited.policy.longestStallMs === choice.longestStallMs;
  return requiredLevelAfter(edited.policy, sameTerms, preflight);
}
