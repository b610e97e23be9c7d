import { Button, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconFolder } from '@tabler/icons-react';
import { type ReactNode, useCallback, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Preflight } from '../../../shared/domain/preflight.ts';
import { filesystemSpec } from '../../../shared/domain/source.ts';
import { ask } from '../../state/ask.ts';
import { useStore } from '../../state/store.ts';
import classes from './add-source.module.css';
import { ExcludesEditor } from './excludes-editor.tsx';
import { fieldError, memberIn } from './field-error.ts';
import { type FoundPlaces, hasPlaceProblem, mountPointsOf, withChangedPlace } from './places.ts';
import { PlacesEditor } from './places-editor.tsx';
import { PreflightCard } from './preflight-card.tsx';
import { draftProblem, lookableSpec, placesOfDraft, type SourceDraft, withPath } from './source-draft.ts';
import { usePreflight } from './use-preflight.ts';

/** Which folder, or which folders together; what of each is left out, and at once what they will get. */
export function SourceChooser({
  draft,
  longestStallMs,
  foldExcludes = false,
  several = false,
  onChange,
  onPreflight,
}: {
  readonly draft: SourceDraft;
  readonly longestStallMs: number;
  readonly foldExcludes?: boolean;
  /** Whether places can be added that are held together with the first. */
  readonly several?: boolean;
  readonly onChange: (draft: SourceDraft) => void;
  /** What all of it will get, null while that is not known, and where it is mounted. */
  readonly onPreflight: (preflight: Preflight | null, mountPoints: readonly string[]) => void;
}): ReactNode {
  const { t } = useTranslation('add-source');
  const home = useStore((state) => state.info?.homePath ?? '');
  const names = { home: t('name.home'), system: t('name.system') };
  const [found, setFound] = useState<FoundPlaces>(new Map());
  const onFound = useCallback(
    (path: string, preflight: Preflight | null) => setFound((before) => withFound(before, path, preflight)),
    [],
  );
  const places = placesOfDraft(draft);
  const isGroup = places.length > 1;
  const isAsked = !isGroup || !hasPlaceProblem(draft, found);
  const wanted = useMemo(() => (isAsked ? lookableSpec(draft) : null), [draft, isAsked]);
  const preflight = usePreflight(wanted, longestStallMs);
  const { value, error, loading } = preflight;
  const untried = places.find(({ path }) => found.get(path)?.considered.some(needsTrial)) ?? places[0];
  const [path] = useDebouncedValue(untried.path, 350);
  const target = useMemo(() => ({ spec: filesystemSpec(path) }), [path]);
  const pathError = fieldError(error, 'path') ?? (draftProblem(draft) === 'relative-path' ? t('where.absolute') : null);
  const isReady = isAsked && !loading && error === null && value !== null;
  const mountPoints = isGroup ? mountPointsOf(draft, found).join('\n') : (value?.mountPoint ?? '');

  useEffect(
    () => onPreflight(isReady ? value : null, mountPoints === '' ? [] : mountPoints.split('\n')),
    [isReady, value, mountPoints, onPreflight],
  );

  const pickPath = async (): Promise<void> => {
    const startAt = draft.path.startsWith('/') ? { startAt: draft.path } : {};
    const { path } = await ask('app.pickFolder', { title: t('where.pickTitle'), ...startAt });
    if (path !== null) onChange(withPath(draft, path, home, names));
  };
  const isSaidAbove = isGroup ? memberIn(error?.field) !== null : fieldError(error, 'path') !== null;
  return (
    <div className={classes.chooser}>
      {!isGroup && (
        <div className={classes.pathRow}>
          <TextInput
            label={t('where.path')}
            leftSection={<IconFolder size={17} aria-hidden="true" />}
            value={draft.path}
            onChange={(event) => onChange(withPath(draft, event.currentTarget.value, home, names))}
            error={pathError}
            spellCheck={false}
          />
          <Button variant="default" onClick={() => void pickPath()}>
            {t('where.pick')}
          </Button>
        </div>
      )}
      {several && (
        <PlacesEditor
          draft={draft}
          found={found}
          error={error}
          longestStallMs={longestStallMs}
          onChange={onChange}
          onFound={onFound}
        />
      )}
      {isAsked && places.every(({ path }) => path.startsWith('/')) && (
        <PreflightCard
          preflight={value}
          isGroup={isGroup}
          loading={loading}
          error={isSaidAbove ? null : error}
          target={target}
          onRetry={preflight.reload}
        />
      )}
      {places.map((place, at) => (
        <ExcludesEditor
          // biome-ignore lint/suspicious/noArrayIndexKey: what is typed must not make another editor of it.
          key={at}
          draft={place}
          named={isGroup}
          folded={foldExcludes}
          onChange={(changed) => onChange(withChangedPlace(draft, at, changed))}
        />
      ))}
    </div>
  );
}

function needsTrial({ remedies }: Preflight['chosen']): boolean {
  return remedies.includes('trial');
}

function withFound(before: FoundPlaces, path: string, preflight: Preflight | null): FoundPlaces {
  if (preflight === null || before.get(path) === preflight) return before;
  return new Map(before).set(path, preflight);
}
