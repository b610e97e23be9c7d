import { Button, Loader, TextInput } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconFolder, IconX } from '@tabler/icons-react';
import { type ReactNode, useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Preflight } from '../../../shared/domain/preflight.ts';
import { ask } from '../../state/ask.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import classes from './add-source.module.css';
import { fieldError } from './field-error.ts';
import { type PlaceProblem, placeVerdict } from './places.ts';
import { lookablePlace, type PlaceDraft } from './source-draft.ts';
import { usePreflight } from './use-preflight.ts';

/** One of several places: where it is, whether it can be held, and a way to take it out. */
export function PlaceRow({
  place,
  problem,
  ownFilesystemIn,
  error,
  longestStallMs,
  label,
  onPath,
  onRemove,
  onFound,
}: {
  readonly place: PlaceDraft;
  readonly problem: PlaceProblem | null;
  /** The place it lies in, and that leaves it out because it is a filesystem of its own. */
  readonly ownFilesystemIn: string | null;
  /** What main says of this place as one of the group. */
  readonly error: string | null;
  readonly longestStallMs: number;
  readonly label: string;
  readonly onPath: (path: string) => void;
  readonly onRemove: () => void;
  readonly onFound: (path: string, preflight: Preflight | null) => void;
}): ReactNode {
  const { t } = useTranslation('add-source');
  const spec = useMemo(() => lookablePlace(place), [place]);
  const answer = usePreflight(spec, longestStallMs);
  const { value, loading } = answer;
  useEffect(() => onFound(spec.path, loading ? null : value), [spec.path, loading, value, onFound]);
  const wrong =
    problem !== null
      ? t(`places.problem.${problem.kind}`, problem.kind === 'inside' ? { other: problem.other } : {})
      : (fieldError(answer.error, 'path') ?? error);

  const pick = async (): Promise<void> => {
    const startAt = place.path.startsWith('/') ? { startAt: place.path } : {};
    const { path } = await ask('app.pickFolder', { title: t('places.pickTitle'), ...startAt });
    if (path !== null) onPath(path);
  };
  return (
    <li className={classes.place}>
      <div className={classes.placeRow}>
        <TextInput
          aria-label={label}
          leftSection={<IconFolder size={17} aria-hidden="true" />}
          value={place.path}
          onChange={(event) => onPath(event.currentTarget.value)}
          error={wrong}
          spellCheck={false}
        />
        <Button variant="default" aria-label={t('places.pickNamed', { path: place.path })} onClick={() => void pick()}>
          {t('where.pick')}
        </Button>
        <IconButton label={t('places.remove', { path: place.path })} onClick={onRemove}>
          <IconX size={17} />
        </IconButton>
      </div>
      {wrong === null && (
        <Verdict preflight={value} loading={loading} failed={answer.error?.message ?? null} inside={ownFilesystemIn} />
      )}
    </li>
  );
}

function Verdict({
  preflight,
  loading,
  failed,
  inside,
}: {
  readonly preflight: Preflight | null;
  readonly loading: boolean;
  readonly failed: string | null;
  readonly inside: string | null;
}): ReactNode {
  const { t } = useTranslation('add-source');
  if (failed !== null) {
    return (
      <p className={classes.verdict} data-kind="refused">
        <IconAlertTriangle size={15} aria-hidden="true" /> {failed}
      </p>
    );
  }
  if (preflight === null) {
    return loading ? (
      <p className={classes.verdict}>
        <Loader size={12} aria-hidden="true" /> {t('places.looking')}
      </p>
    ) : null;
  }
  const verdict = placeVerdict(preflight);
  const isHeld = verdict.kind === 'held';
  const Icon = isHeld ? IconCircleCheck : IconAlertTriangle;
  return (
    <p className={classes.verdict} data-kind={verdict.kind}>
      <Icon size={15} aria-hidden="true" />
      <span>
        {verdict.kind === 'held'
          ? t('places.held', { filesystem: verdict.filesystem, mountPoint: verdict.mountPoint })
          : t('places.refused', { why: verdict.why })}
        {inside !== null && ` ${t('places.ownFilesystem', { other: inside })}`}
      </span>
    </p>
  );
}
