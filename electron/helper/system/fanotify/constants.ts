/** linux/fanotify.h. What an event is about, and what a mark asks for. */
export const eventBits = {
  modify: 0x2,
  attrib: 0x4,
  closeWrite: 0x8,
  open: 0x20,
  movedFrom: 0x40,
  movedTo: 0x80,
  create: 0x100,
  delete: 0x200,
  deleteSelf: 0x400,
  moveSelf: 0x800,
  queueOverflow: 0x4000,
  filesystemError: 0x8000,
  openPermission: 0x10000,
  /** Before content is read or written. Linux 6.14, pre-content groups only. */
  preAccess: 0x100000,
  rename: 0x10000000,
  onDirectory: 0x40000000,
} as const;

/** fanotify_init */
export const initFlags = {
  closeOnExec: 0x1,
  nonBlocking: 0x2,
  classPreContent: 0x8,
  unlimitedQueue: 0x10,
  unlimitedMarks: 0x20,
  reportTid: 0x100,
  reportInode: 0x200,
  reportDirectory: 0x400,
  reportName: 0x800,
  reportTarget: 0x1000,
} as const;

/** fanotify_mark */
export const markFlags = {
  add: 0x1,
  remove: 0x2,
  flush: 0x80,
  mount: 0x10,
  filesystem: 0x100,
  /** FAN_MARK_IGNORE_SURV: events of these kinds are not reported, also after the file was modified. */
  ignoreSurviving: 0x440,
} as const;

/** Kinds of the records that follow an event. */
export const recordKinds = {
  inode: 1,
  directoryAndName: 2,
  directory: 3,
  pidfd: 4,
  error: 5,
  /** struct fanotify_event_info_range: page-aligned offset and count. */
  range: 6,
  oldDirectoryAndName: 10,
  newDirectoryAndName: 12,
} as const;

/** FAN_NOFD: the event carries no descriptor. */
export const noDescriptor = -1;

/** AT_FDCWD, and the place of a path for calls that mark what a descriptor stands for. */
export const currentDirectory = -100;
