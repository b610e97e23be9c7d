export type EntryKind =
  | 'folder'
  | 'link'
  | 'special'
  | 'text'
  | 'table'
  | 'pdf'
  | 'image'
  | 'film'
  | 'sound'
  | 'archive'
  | 'code'
  | 'data'
  | 'database'
  | 'program'
  | 'file';

const endings: readonly (readonly [EntryKind, string])[] = [
  ['text', 'txt md rst log odt doc docx rtf tex org'],
  ['table', 'ods xls xlsx csv tsv'],
  ['pdf', 'pdf ps djvu epub'],
  ['image', 'png jpg jpeg gif webp svg bmp tif tiff ico heic avif raw nef cr2 xcf psd'],
  ['film', 'mp4 mkv webm avi mov mpg mpeg m4v'],
  ['sound', 'mp3 flac ogg opus wav m4a aac mid'],
  ['archive', 'zip tar gz tgz bz2 xz zst 7z rar deb rpm iso'],
  ['code', 'js ts jsx tsx mjs py c h cc cpp hpp rs go java kt rb php sh bash lua pl cs swift sql html css scss'],
  ['data', 'json yaml yml toml ini conf cfg xml'],
  ['database', 'db sqlite sqlite3 xlog snap mdb'],
  ['program', 'so o a exe bin appimage img qcow2 vmdk'],
];

const byEnding = new Map(endings.flatMap(([kind, list]) => list.split(' ').map((ending) => [ending, kind] as const)));

/** What kind of thing a name stands for, by the type of its node and then by its ending. A guess for icons only. */
export function entryKind(name: string, type: string): EntryKind {
  if (type === 'dir') return 'folder';
  if (type === 'symlink') return 'link';
  if (type !== 'file') return 'special';
  const dot = name.lastIndexOf('.');
  return (dot > 0 ? byEnding.get(name.slice(dot + 1).toLowerCase()) : undefined) ?? 'file';
}
