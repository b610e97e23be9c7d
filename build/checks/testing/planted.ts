import { type Import, importsOf } from '../imports.ts';
import { parseFile } from '../syntax.ts';

/** The imports of made-up files, given as path and text. */
export function importsOfPlanted(files: Readonly<Record<string, string>>): readonly Import[] {
  return Object.entries(files).flatMap(([path, text]) => importsOf(parseFile({ path, text }), Object.keys(files)));
}
