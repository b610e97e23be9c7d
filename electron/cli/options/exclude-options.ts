import { readFileSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { Option } from 'commander';
import { z } from 'zod';
import type { ExcludeLimits } from '../../../shared/domain/excludes/limits.ts';
import { type ExcludePreset, excludePresets, ignoreLineSchema } from '../../../shared/domain/excludes/presets.ts';
import type { FilesystemSpec } from '../../../shared/domain/source.ts';
import { checked } from './schedule-options.ts';
import { usage } from './usage.ts';

export interface ExcludeOptions {
  readonly exclude?: readonly string[];
  readonly ignore?: readonly string[];
  readonly ignoreFile?: readonly string[];
  readonly excludeLargerThan?: string;
  readonly excludeNoDump?: string;
  /** Names of presets that are not wanted (`--no-preset`). */
  readonly preset?: readonly string[];
}

const maxFileBytes = 1024 * 1024;

export const excludeOptions: readonly Option[] = [
  new Option(
    '--exclude <path...>',
    'paths below it that are left out; of several places, each belongs to the one it lies in',
  ),
  new Option(
    '--ignore <line...>',
    "rules in gitignore's syntax; of several places, PLACE=LINE says it of one, LINE of all",
  ),
  new Option('--ignore-file <file>', 'a file of such rules, or PLACE=FILE; repeatedly').argParser(
    (file: string, before: readonly string[] | undefined) => [...(before ?? []), file],
  ),
  new Option('--exclude-larger-than <size>', 'leave out files larger than this, like 500M or 4G; "none" for no limit'),
  new Option(
    '--exclude-no-dump <yes-or-no>',
    'whether files and folders are left out that their owner has marked so (chattr +d)',
  ),
  // A list of its own: without a default this would mean "no presets at all".
  new Option(
    '--no-preset <name>',
    `do not leave out by itself: ${excludePresets.join(', ')}, or all; PLACE=NAME of one place`,
  )
    .argParser((name: string, before: readonly string[]) => [...before, name])
    .default([], 'all are on'),
];

export interface Excludes {
  readonly excludes: string[];
  readonly excludePresets: ExcludePreset[];
  readonly ignoreLines: string[];
  readonly limits?: ExcludeLimits | undefined;
}

/** `before` with what was said changed: each kind that is given replaces what there was of it. */
export function excludesFrom(options: ExcludeOptions, root: string, before: Excludes): Excludes {
  const { exclude, ignore, ignoreFile, preset = [] } = options;
  const lines = [...(ignoreFile ?? []).flatMap(linesOf), ...(ignore ?? [])];
  const limits = limitsFrom(options, before.limits);
  const isSaid = ignore !== undefined || ignoreFile !== undefined;
  return {
    excludes: exclude === undefined ? before.excludes : exclude.map((path) => resolve(root, path)),
    excludePresets: preset.length === 0 ? before.excludePresets : presetsWithout(preset),
    ignoreLines: isSaid ? checked(z.array(ignoreLineSchema).max(1000), lines, '--ignore') : before.ignoreLines,
    ...(limits && { limits }),
  };
}

/** Undefined where nothing was ever said of limits. */
function limitsFrom(
  { excludeLargerThan, excludeNoDump }: ExcludeOptions,
  before: ExcludeLimits | undefined,
): ExcludeLimits | undefined {
  if (excludeLargerThan === undefined && excludeNoDump === undefined) return before;
  return {
    largerThan: excludeLargerThan === undefined ? (before?.largerThan ?? null) : sizeFrom(excludeLargerThan),
    noDump: excludeNoDump === undefined ? (before?.noDump ?? false) : yesOrNo(excludeNoDump),
  };
}

const units = ['', 'K', 'M', 'G', 'T'];

function sizeFrom(text: string): number | null {
  if (text === 'none') return null;
  const [, number = '', unit = ''] = /^(\d{1,12})([KMGT]?)$/i.exec(text) ?? [];
  const bytes = Number(number) * 1024 ** units.indexOf(unit.toUpperCase());
  if (number !== '' && bytes > 0 && Number.isSafeInteger(bytes)) return bytes;
  throw usage('--exclude-larger-than', `"${text}" is not a size.`, 'Write it like 500M or 4G, or "none".');
}

function yesOrNo(text: string): boolean {
  if (text === 'yes' || text === 'no') return text === 'yes';
  throw usage('--exclude-no-dump', `"${text}" is neither "yes" nor "no".`, 'With "yes", what is marked is left out.');
}

/** The places of a source, each with what was said of it, or of all. What was said of others leaves it as it is. */
export function placesWith(options: ExcludeOptions, places: readonly FilesystemSpec[]): FilesystemSpec[] {
  const [only] = places;
  if (only !== undefined && places.length === 1) return [{ ...only, ...excludesFrom(options, only.path, only) }];
  const paths = places.map(({ path }) => path);
  const excluded = (options.exclude ?? []).map((path) => ({ path, place: placeOf(path, paths) }));
  const ofPlace = (place: string, said: readonly string[] | undefined): string[] =>
    (said ?? []).flatMap((value) => {
      const named = splitPlace(value, paths);
      return named.place === null || named.place === place ? [named.value] : [];
    });
  return places.map((spec) => {
    const exclude = excluded.flatMap(({ path, place }) => (place === spec.path ? [path] : []));
    const [ignore, ignoreFile] = [ofPlace(spec.path, options.ignore), ofPlace(spec.path, options.ignoreFile)];
    const ofThis: ExcludeOptions = {
      ...(exclude.length > 0 && { exclude }),
      ...(ignore.length > 0 && { ignore }),
      ...(ignoreFile.length > 0 && { ignoreFile }),
      preset: ofPlace(spec.path, options.preset),
      ...(options.excludeLargerThan !== undefined && { excludeLargerThan: options.excludeLargerThan }),
      ...(options.excludeNoDump !== undefined && { excludeNoDump: options.excludeNoDump }),
    };
    return { ...spec, ...excludesFrom(ofThis, spec.path, spec) };
  });
}

/** The innermost of the places that a path lies in. */
function placeOf(path: string, places: readonly string[]): string {
  if (!isAbsolute(path))
    throw usage('--exclude', `${path} could be in any of the places.`, 'Name it in full, beginning with /.');
  const around = places.filter((place) => resolve(path).startsWith(place === '/' ? '/' : `${place}/`));
  const [innermost] = around.toSorted((a, b) => b.length - a.length);
  if (innermost !== undefined) return innermost;
  throw usage('--exclude', `${path} is in none of the places.`, `Name something below ${places.join(' or ')}.`);
}

/** `PLACE=VALUE`, where PLACE is one of the places; anything else is of all. */
function splitPlace(
  value: string,
  places: readonly string[],
): { readonly place: string | null; readonly value: string } {
  const place = places.find((each) => value.startsWith(`${each}=`)) ?? null;
  return { place, value: place === null ? value : value.slice(place.length + 1) };
}

function presetsWithout(names: readonly string[]): ExcludePreset[] {
  const unknown = names.find((name) => name !== 'all' && !excludePresets.some((preset) => preset === name));
  if (unknown !== undefined) {
    throw usage('--no-preset', `There is no preset "${unknown}".`, `There is: ${excludePresets.join(', ')}, or all.`);
  }
  return names.includes('all') ? [] : excludePresets.filter((preset) => !names.includes(preset));
}

function linesOf(path: string): string[] {
  try {
    const text = readFileSync(path, 'utf8');
    if (text.length > maxFileBytes) throw new Error('too long');
    return text.split(/\r?\n/).filter((line) => line !== '');
  } catch (cause) {
    throw usage('--ignore-file', `${path} cannot be read.`, 'Name a text file with one rule a line.', cause);
  }
}
