import {
  IconArchive,
  IconCloud,
  IconDatabase,
  IconDeviceDesktop,
  IconFolder,
  IconFolders,
  IconHome,
  IconPhoto,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';

/** A picture for a source: by its kind, and for folders by what they are called. Decoration. */
export function SourceKindIcon({
  kind,
  name,
  size = 18,
}: {
  readonly kind: string;
  readonly name: string;
  readonly size?: number;
}): ReactNode {
  const Icon = iconOf(kind, name.toLowerCase());
  return <Icon size={size} stroke={1.7} aria-hidden="true" />;
}

function iconOf(kind: string, name: string): typeof IconFolder {
  switch (kind) {
    case 'tarantool':
      return IconDatabase;
    case 'libvirt':
      return IconDeviceDesktop;
    case 'openstack':
      return IconCloud;
    case 'group':
      return IconFolders;
    case 'foreign':
      return IconArchive;
    default:
      if (name === 'home') return IconHome;
      return /photo|picture|image/.test(name) ? IconPhoto : IconFolder;
  }
}
