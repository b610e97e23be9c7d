/**
 * What must be installed on the system, by purpose. `a|b` are names of one package in different releases.
 * @typedef {{ names: readonly string[], reason: string }} Group
 * @type {Record<string, Group>}
 */
export const groups = {
  app: {
    reason: "Electron's shared libraries",
    names: [
      'libgtk-3-0|libgtk-3-0t64',
      'libnss3',
      'libasound2|libasound2t64',
      'libgbm1',
      'libxss1',
      'libxtst6',
      'libdrm2',
      'libxkbcommon0',
      'libnotify4',
      'libsecret-1-0',
    ],
  },
  build: { reason: 'compiler of the freeze guard', names: ['gcc', 'libc6-dev'] },
  restic: { reason: 'the program that opens the repositories too', names: ['restic'] },
  servers: {
    reason: 'servers that repositories are kept on in tests; none of them is started by the system',
    names: ['rclone', 'openssh-client', 'openssh-server'],
  },
  filesystems: {
    reason: 'making, mounting and reading the filesystems under test',
    names: ['e2fsprogs', 'xfsprogs', 'btrfs-progs', 'mount', 'util-linux', 'acl', 'attr'],
  },
  desktop: {
    reason: 'a display, a session bus, a secret store and a window manager for the end-to-end tests',
    names: ['xvfb', 'xauth', 'dbus', 'gnome-keyring', 'openbox'],
  },
  everyday: {
    reason:
      'a panel with a tray, a notification daemon, removable disks and a login manager’s bus, for the tests of scheduled backups',
    names: ['xfce4-panel', 'dunst', 'udisks2', 'python3-dbusmock', 'imagemagick', 'systemd', 'libglib2.0-bin'],
  },
  guest: {
    reason: 'a machine of its own, for holding the filesystem everything runs from',
    names: ['qemu-system-x86', 'qemu-utils', 'mmdebstrap', 'cpio'],
  },
  borg: { reason: 'what the engine is measured against, beside restic', names: ['borgbackup'] },
  polkit: { reason: 'starting the helper with an administrator’s consent', names: ['polkitd', 'pkexec'] },
};

/** Which groups a task needs. */
export const purposes = {
  build: ['build'],
  app: ['app', 'build'],
  test: ['app', 'build', 'restic', 'servers', 'filesystems', 'desktop', 'everyday', 'guest', 'polkit'],
  bench: ['app', 'build', 'restic', 'servers', 'filesystems', 'desktop', 'everyday', 'guest', 'polkit', 'borg'],
};
