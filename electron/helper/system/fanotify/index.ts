export { eventBits } from './constants.ts';
export { type HandleText, UnknownEventLayout } from './decode.ts';
export { forEachInodeEvent } from './inode-events.ts';
export { type InodeGroup, type InodeGroupOptions, longestInodeEventBytes, openInodeGroup } from './inode-group.ts';
export { type ListenerInfo, listenerInfo } from './listener-info.ts';
export { type AccessRequest, openPreContentGroup, type PreContentGroup, type PreContentTarget } from './pre-content.ts';
