import { Button, Checkbox, Textarea } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconX } from '@tabler/icons-react';
import { type ReactNode, useId, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ExcludePreset, type ExcludeSizes, excludePresets } from '../../../shared/domain/excludes/presets.ts';
import { ask } from '../../state/ask.ts';
import { useAnswer } from '../../state/use-answer.ts';
import { formatBytes } from '../../ui/format/bytes.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import classes from './add-source.module.css';
import { isRule, lineProblem, type SizedItem, sizeOf, sumOf } from './exclude-sizes.ts';
import { RuleSizes } from './rule-sizes.tsx';
import { isBelow, linesOf, lookablePlace, type PlaceDraft } from './source-draft.ts';

/** What is not backed up, with how much that is: presets, folders, own rules. Measured as it is changed. */
export function ExcludesEditor({
  draft,
  folded = false,
  named = false,
  onChange,
}: {
  readonly draft: PlaceDraft;
  /** At first only what is left out and how much that is, until somebody wants to change it. */
  readonly folded?: boolean;
  /** One of several: which place it is about is said. */
  readonly named?: boolean;
  readonly onChange: (draft: PlaceDraft) => void;
}): ReactNode {
  const { t } = useTranslation('add-source');
  const [open, setOpen] = useState(!folded);
  const listId = useId();
  const [wantsRules, setRules] = useState(false);
  const rules = wantsRules || draft.ignoreText !== '';
  // The same draft is the same spec: what is new at every render never settles.
  const wanted = useMemo(() => lookablePlace(draft), [draft]);
  const [spec] = useDebouncedValue(wanted, 500);
  const asked = spec.path.startsWith('/') ? { spec } : null;
  const { value, error, loading } = useAnswer('sources.excludeSizes', asked);
  // A preset that was switched off is no longer measured; what it was known to hold helps to decide about it.
  const known = useRef(new Map<string, SizedItem>());
  const knownPath = useRef(spec.path);
  if (knownPath.current !== spec.path) {
    known.current.clear();
    knownPath.current = spec.path;
  }
  for (const item of value?.items ?? []) known.current.set(`${item.kind} ${item.value}`, item);
  const measured = (kind: SizedItem['kind'], name: string): ReactNode => (
    <Size item={sizeOf(value, kind, name) ?? known.current.get(`${kind} ${name}`)} loading={loading} value={value} />
  );

  const togglePreset = (preset: ExcludePreset, on: boolean): void =>
    onChange({
      ...draft,
      excludePresets: excludePresets.filter((name) => (name === preset ? on : draft.excludePresets.includes(name))),
    });
  const pickFolder = async (): Promise<void> => {
    const startAt = draft.path.startsWith('/') ? { startAt: draft.path } : {};
    const { path } = await ask('app.pickFolder', { title: t('excludes.pickTitle'), ...startAt });
    if (path === null || !isBelow(path, draft.path) || draft.excludes.includes(path)) return;
    onChange({ ...draft, excludes: [...draft.excludes, path] });
  };
  const wrongLine = lineProblem(error, linesOf(draft.ignoreText));
  return (
    <fieldset className={classes.excludes} aria-busy={loading}>
      <legend>{named ? t('excludes.titleOf', { path: draft.path }) : t('excludes.title')}</legend>
      {folded && (
        <div className={classes.leftOutLine}>
          <span>{leftOutWords(draft, value, t)}</span>
          <Button
            variant="default"
            size="xs"
            aria-expanded={open}
            aria-controls={listId}
            aria-label={
              named
                ? t(open ? 'excludes.hideOf' : 'excludes.changeOf', { path: draft.path })
                : t(open ? 'excludes.hideNamed' : 'excludes.changeNamed')
            }
            onClick={() => setOpen(!open)}
          >
            {t(open ? 'excludes.hide' : 'excludes.change')}
          </Button>
        </div>
      )}
      <div id={listId} hidden={!open && wrongLine === null} className={classes.excludeList}>
        {excludePresets.map((preset) => (
          <div key={preset} className={classes.sized}>
            <Checkbox
              checked={draft.excludePresets.includes(preset)}
              onChange={(event) => togglePreset(preset, event.currentTarget.checked)}
              label={t(`excludes.preset.${preset}`)}
              description={t(`excludes.presetLine.${preset}`)}
            />
            {measured('preset', preset)}
          </div>
        ))}
        {draft.excludes.map((path) => (
          <div key={path} className={classes.sized}>
            <div className={classes.exclude}>
              <IconButton
                label={t('excludes.keep', { path })}
                size={26}
                onClick={() => onChange({ ...draft, excludes: draft.excludes.filter((other) => other !== path) })}
              >
                <IconX size={15} />
              </IconButton>
              <span>{path}</span>
            </div>
            {measured('path', path)}
          </div>
        ))}
        <div className={classes.excludeButtons}>
          <Button variant="default" size="xs" onClick={() => void pickFolder()}>
            {t('excludes.add')}
          </Button>
          {!rules && (
            <Button variant="default" size="xs" onClick={() => setRules(true)}>
              {t('excludes.addRules')}
            </Button>
          )}
        </div>
        {rules && (
          <>
            <Textarea
              label={t('excludes.rules')}
              description={t('excludes.rulesLine')}
              value={draft.ignoreText}
              onChange={(event) => onChange({ ...draft, ignoreText: event.currentTarget.value })}
              error={wrongLine === null ? null : t('excludes.wrongLine', { ...wrongLine })}
              autosize
              minRows={3}
              maxRows={10}
              spellCheck={false}
              classNames={{ input: classes.rules ?? '' }}
            />
            <RuleSizes lines={linesOf(draft.ignoreText)} sizes={value} loading={loading} />
          </>
        )}
      </div>
      <p className={classes.quiet} role="status">
        {value === null
          ? loading && asked !== null
            ? t('excludes.measuring')
            : error !== null && wrongLine === null && t('excludes.notMeasured', { why: error.message })
          : t(value.complete ? 'excludes.sum' : 'excludes.sumAtLeast', {
              out: formatBytes(sumOf(value)),
              count: value.keptFiles,
              kept: formatBytes(value.keptBytes),
            })}
      </p>
    </fieldset>
  );
}

/** What is left out in few words: presets by name and with what they hold here, the rest by number. */
function leftOutWords(
  draft: PlaceDraft,
  sizes: ExcludeSizes | null,
  t: ReturnType<typeof useTranslation<'add-source'>>['t'],
): string {
  const presets = draft.excludePresets.map((preset) => {
    const name = t(`excludes.short.${preset}`);
    const item = sizeOf(sizes, 'preset', preset);
    if (sizes === null || item === undefined || item.files === 0) return name;
    const bytes = formatBytes(item.bytes);
    return t('excludes.shortSized', { name, size: sizes.complete ? bytes : t('excludes.sizeAtLeast', { bytes }) });
  });
  const rules = linesOf(draft.ignoreText).filter(isRule).length;
  return (
    [
      ...presets,
      ...(draft.excludes.length > 0 ? [t('excludes.folders', { count: draft.excludes.length })] : []),
      ...(rules > 0 ? [t('excludes.ownRules', { count: rules })] : []),
    ].join(', ') || t('excludes.nothing')
  );
}

function Size({
  item,
  loading,
  value,
}: {
  readonly item: SizedItem | undefined;
  readonly loading: boolean;
  readonly value: { readonly complete: boolean } | null;
}): ReactNode {
  const { t } = useTranslation('add-source');
  if (item === undefined) return loading ? <span className={classes.size}>{t('excludes.sizeLoading')}</span> : null;
  if (item.files === 0 && value?.complete === true)
    return <span className={classes.size}>{t('excludes.sizeNone')}</span>;
  const bytes = formatBytes(item.bytes);
  return (
    <span className={classes.size} title={item.places.join('\n')}>
      {value === null || value.complete ? bytes : t('excludes.sizeAtLeast', { bytes })}
    </span>
  );
}
