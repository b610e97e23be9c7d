import {
  IconBinary,
  IconBraces,
  IconFile,
  IconFileCode,
  IconFileDatabase,
  IconFileMusic,
  IconFileText,
  IconFileTypePdf,
  IconFileZip,
  IconFolder,
  IconLink,
  IconMovie,
  IconPhoto,
  IconPlug,
  IconTable,
  type TablerIcon,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { type EntryKind, entryKind } from './entry-kind.ts';

const icons: Readonly<Record<EntryKind, TablerIcon>> = {
  folder: IconFolder,
  link: IconLink,
  special: IconPlug,
  text: IconFileText,
  table: IconTable,
  pdf: IconFileTypePdf,
  image: IconPhoto,
  film: IconMovie,
  sound: IconFileMusic,
  archive: IconFileZip,
  code: IconFileCode,
  data: IconBraces,
  database: IconFileDatabase,
  program: IconBinary,
  file: IconFile,
};

/** What a file or folder is, at a glance. Decoration: the name beside it says the same. */
export function EntryIcon({
  name,
  type,
  size = 16,
}: {
  readonly name: string;
  /** `file`, `dir`, `symlink` or another type of node. */
  readonly type: string;
  readonly size?: number;
}): ReactNode {
  const Icon = icons[entryKind(name, type)];
  return <Icon size={size} stroke={1.6} aria-hidden="true" style={{ flex: 'none', color: 'var(--sp-ink3)' }} />;
}
