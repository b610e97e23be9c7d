import { Button, Checkbox, TextInput } from '@mantine/core';
import { IconFolder, IconX } from '@tabler/icons-react';
import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { Preflight } from '../../../shared/domain/preflight.ts';
import { ask } from '../../state/ask.ts';
import { useStore } from '../../state/store.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import classes from './add-source.module.css';
import { fieldError } from './field-error.ts';
import { PreflightCard } from './preflight-card.tsx';
import { draftProblem, excludePresets, isBelow, type SourceDraft, withPath } from './source-draft.ts';
import { usePreflight } from './use-preflight.ts';

/** Which folder, what of it is left out, and at once what it will get. */
export function SourceChooser({
  draft,
  onChange,
  onPreflight,
}: {
  readonly draft: SourceDraft;
  readonly onChange: (draft: SourceDraft) => void;
  readonly onPreflight: (preflight: Preflight | null) => void;
}): ReactNode {
  const { t } = useTranslation('add-source');
  const home = useStore((state) => state.info?.homePath ?? '');
  const names = { home: t('name.home'), system: t('name.system') };
  const preflight = usePreflight(draft);
  const { value, error, loading } = preflight;
  const pathError = fieldError(error, 'path') ?? (draftProblem(draft) === 'relative-path' ? t('where.absolute') : null);

  useEffect(() => onPreflight(loading || error !== null ? null : value), [loading, error, value, onPreflight]);

  const pick = async (startAt: string): Promise<string | null> =>
    (await ask('app.pickFolder', { title: t('where.pickTitle'), ...(startAt.startsWith('/') ? { startAt } : {}) }))
      .path;
  const pickPath = async (): Promise<void> => {
    const path = await pick(draft.path);
    if (path !== null) onChange(withPath(draft, path, home, names));
  };
  const pickExclude = async (): Promise<void> => {
    const path = await pick(draft.path);
    if (path !== null && isBelow(path, draft.path)) onChange({ ...draft, excludes: [...draft.excludes, path] });
  };
  const presets = excludePresets(draft.path, home);
  const own = draft.excludes.filter((path) => !presets.some((preset) => preset.path === path));
  const leaveOut = (path: string, out: boolean): void => {
    const others = draft.excludes.filter((exclude) => exclude !== path);
    onChange({ ...draft, excludes: out ? [...others, path] : others });
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
          onRetry={preflight.reload}
        />
      )}
      <fieldset className={classes.excludes}>
        <legend>{t('excludes.title')}</legend>
        {presets.map((preset) => (
          <Checkbox
            key={preset.path}
            checked={draft.excludes.includes(preset.path)}
            onChange={(event) => leaveOut(preset.path, event.currentTarget.checked)}
            label={t(`excludes.preset.${preset.words}`)}
            description={preset.path}
          />
        ))}
        {own.map((path) => (
          <div key={path} className={classes.exclude}>
            <span>{path}</span>
            <IconButton label={t('excludes.keep', { path })} size={26} onClick={() => leaveOut(path, false)}>
              <IconX size={15} />
            </IconButton>
          </div>
        ))}
        <div>
          <Button variant="default" size="xs" onClick={() => void pickExclude()}>
            {t('excludes.add')}
          </Button>
        </div>
      </fieldset>
    </div>
  );
}
