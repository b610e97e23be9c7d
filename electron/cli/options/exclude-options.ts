import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Option } from 'commander';
import { z } from 'zod';
import { type ExcludePreset, excludePresets, ignoreLineSchema } from '../../../shared/domain/excludes/presets.ts';
import { checked } from './schedule-options.ts';
import { usage } from './usage.ts';

export interface ExcludeOptions {
  readonly exclude?: readonly string[];
  readonly ignore?: readonly string[];
  readonly ignoreFile?: string;
  /** Names of presets that are not wanted (`--no-preset`). */
  readonly preset?: readonly string[];
}

const maxFileBytes = 1024 * 1024;

export const excludeOptions: readonly Option[] = [
  new Option('--exclude <path...>', 'paths below it that are left out'),
  new Option('--ignore <line...>', "rules in gitignore's syntax"),
  new Option('--ignore-file <file>', 'a file of such rules'),
  // A list of its own: without a default this would mean "no presets at all".
  new Option('--no-preset <name>', `do not leave out by itself: ${excludePresets.join(', ')}, or all`)
    .argParser((name: string, before: readonly string[]) => [...before, name])
    .default([], 'all are on'),
];

export interface Excludes {
  readonly excludes: string[];
  readonly excludePresets: ExcludePreset[];
  readonly ignoreLines: string[];
}

/** `before` with what was said changed: each kind that is given replaces what there was of it. */
export function excludesFrom(options: ExcludeOptions, root: string, before: Excludes): Excludes {
  const { exclude, ignore, ignoreFile, preset = [] } = options;
  const lines = [...(ignoreFile === undefined ? [] : linesOf(ignoreFile)), ...(ignore ?? [])];
  const isSaid = ignore !== undefined || ignoreFile !== undefined;
  return {
    excludes: exclude === undefined ? before.excludes : exclude.map((path) => resolve(root, path)),
    excludePresets: preset.length === 0 ? before.excludePresets : presetsWithout(preset),
    ignoreLines: isSaid ? checked(z.array(ignoreLineSchema).max(1000), lines, '--ignore') : before.ignoreLines,
  };
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
