import { eventBits } from '../../system/fanotify/index.ts';
import type { ChangeListener, HandleKey } from './contract.ts';

const contentBits = eventBits.modify | eventBits.closeWrite;
const metadataBits = eventBits.attrib | eventBits.moveSelf;
const nameBits = eventBits.create | eventBits.delete | eventBits.movedFrom | eventBits.movedTo;

const overflow = 'More changed at once than the kernel could remember.';
const failing = 'The filesystem reported an error.';
const nowhere = 'The kernel told of a change without saying what changed.';

/**
 * What one event means. Several that happened to one inode may have become one. Every change of content or names moves a
 * ctime too, so that it is a change of metadata as well.
 */
export function dispatch(mask: number, key: HandleKey | null, to: ChangeListener): void {
  if ((mask & eventBits.queueOverflow) !== 0) to.doubt(overflow);
  if ((mask & eventBits.filesystemError) !== 0) to.doubt(failing);
  if (key === null) {
    if ((mask & (contentBits | metadataBits | nameBits)) !== 0) to.doubt(nowhere);
    return;
  }
  if ((mask & contentBits) !== 0) to.content(key);
  if ((mask & nameBits) !== 0) to.names(key);
  if ((mask & (contentBits | metadataBits | nameBits)) !== 0) to.metadata(key);
}
