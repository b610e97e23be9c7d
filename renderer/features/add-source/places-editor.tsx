import { Button } from '@mantine/core';
import { IconLink } from '@tabler/icons-react';
import { type ReactNode, useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { Preflight } from '../../../shared/domain/preflight.ts';
import type { StillpointError } from '../../../shared/errors/index.ts';
import { ask } from '../../state/ask.ts';
import { announce } from '../../ui/announce.ts';
import classes from './add-source.module.css';
import { memberError } from './field-error.ts';
import { PlaceRow } from './place-row.tsx';
import {
  type FoundPlaces,
  mayHaveMore,
  ownFilesystemIn,
  placeProblem,
  withChangedPlace,
  withoutPlace,
  withPlace,
} from './places.ts';
import { movedPlace, placesOfDraft, type SourceDraft } from './source-draft.ts';

/**
 * What is held still together: nothing but a way to begin while there is one place, and all of them in a list once there are
 * several. Each says by itself whether it can be held; what all of them get stands in the card below.
 */
export function PlacesEditor({
  draft,
  found,
  error,
  longestStallMs,
  onChange,
  onFound,
}: {
  readonly draft: SourceDraft;
  readonly found: FoundPlaces;
  /** What main says of all of them. */
  readonly error: StillpointError | null;
  readonly longestStallMs: number;
  readonly onChange: (draft: SourceDraft) => void;
  readonly onFound: (path: string, preflight: Preflight | null) => void;
}): ReactNode {
  const { t } = useTranslation('add-source');
  const lineId = useId();
  const places = placesOfDraft(draft);
  const isGroup = places.length > 1;
  const add = async (): Promise<void> => {
    const last = places.at(-1)?.path ?? '';
    const startAt = last.startsWith('/') ? { startAt: last } : {};
    const { path } = await ask('app.pickFolder', { title: t('places.pickTitle'), ...startAt });
    if (path === null) return;
    onChange(withPlace(draft, path));
    announce(t('places.added', { path, count: places.length + 1 }));
  };
  const remove = (at: number, path: string): void => {
    onChange(withoutPlace(draft, at));
    announce(t('places.removed', { path }));
  };
  return (
    <fieldset className={classes.places}>
      <legend className={isGroup ? undefined : 'sp-visually-hidden'}>{t('places.label')}</legend>
      {isGroup && (
        <ol className={classes.placeList}>
          {places.map((place, at) => (
            <PlaceRow
              // biome-ignore lint/suspicious/noArrayIndexKey: what is typed must not make another row of it.
              key={at}
              place={place}
              problem={placeProblem(draft, at, found)}
              ownFilesystemIn={ownFilesystemIn(draft, at, found)}
              error={memberError(error, at)}
              longestStallMs={longestStallMs}
              label={t('places.nth', { n: at + 1, of: places.length })}
              onPath={(path) => onChange(withChangedPlace(draft, at, movedPlace(place, path)))}
              onRemove={() => remove(at, place.path)}
              onFound={onFound}
            />
          ))}
        </ol>
      )}
      <div className={classes.placesFoot}>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconLink size={15} aria-hidden="true" />}
          aria-describedby={lineId}
          disabled={!places.every(({ path }) => path.startsWith('/')) || !mayHaveMore(draft)}
          onClick={() => void add()}
        >
          {t(isGroup ? 'places.addMore' : 'places.add')}
        </Button>
        <p id={lineId} className={classes.quiet}>
          {t(!mayHaveMore(draft) ? 'places.full' : isGroup ? 'places.what' : 'places.when', { count: places.length })}
        </p>
      </div>
    </fieldset>
  );
}
