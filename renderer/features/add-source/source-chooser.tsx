import { Button, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconFolder } from '@tabler/icons-react';
import { type ReactNode, useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Preflight } from '../../../shared/domain/preflight.ts';
import { filesystemSpec } from '../../../shared/domain/source.ts';
import { ask } from '../../state/ask.ts';
import { useStore } from '../../state/store.ts';
import classes from './add-source.module.css';
import { ExcludesEditor } from './excludes-editor.tsx';
import { fieldError } from './field-error.ts';
import { PreflightCard } from './preflight-card.tsx';
import { draftProblem, lookableSpec, type SourceDraft, withPath } from './source-draft.ts';
import { usePreflight } from './use-preflight.ts';

/** Which folder, what of it is left out, and at once what it will get. */
export function SourceChooser({
  draft,
  longestStallMs,
  foldExcludes = false,
  onChange,
  onPreflight,
}: {
  readonly draft: SourceDraft;
  readonly longestStallMs: number;
  readonly foldExcludes?: boolean;
  readonly onChange: (draft: SourceDraft) => void;
  readonly onPreflight: (preflight: Preflight | null) => void;
}): ReactNode {
  const { t } = useTranslation('add-source');
  const home = useStore((state) => state.info?.homePath ?? '');
  const names = { home: t('name.home'), system: t('name.system') };
  const wanted = useMemo(() => lookableSpec(draft), [draft]);
  const preflight = usePreflight(wanted, longestStallMs);
  const { value, error, loading } = preflight;
  const [path] = useDebouncedValue(draft.path, 350);
  const target = useMemo(() => ({ spec: filesystemSpec(path) }), [path]);
  const pathError = fieldError(error, 'path') ?? (draftProblem(draft) === 'relative-path' ? t('where.absolute') : null);

  useEffect(() => onPreflight(loading || error !== null ? null : value), [loading, error, value, onPreflight]);

  const pickPath = async (): Promise<void> => {
    const startAt = draft.path.startsWith('/') ? { startAt: draft.path } : {};
    const { path } = await ask('app.pickFolder', { title: t('where.pickTitle'), ...startAt });
    if (path !== null) onChange(withPath(draft, path, home, names));
  };
  return (
    <div className={classes.chooser}>
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
      {draft.path.startsWith('/') && (
        <PreflightCard
          preflight={value}
          loading={loading}
          error={fieldError(error, 'path') === null ? error : null}
          target={target}
          onRetry={preflight.reload}
        />
      )}
      <ExcludesEditor draft={draft} folded={foldExcludes} onChange={(place) => onChange({ ...draft, ...place })} />
    </div>
  );
}
