/** What tells from a path alone that nobody would look for it himself. */
export interface PathSign {
  /** Tested against the whole path, which begins with `/`. */
  readonly path: RegExp;
  readonly what: string;
}

/**
 * Where programs keep what is theirs: below a hidden folder, and in the machine's own. What people made lies elsewhere, and
 * there a folder named `Cache` or `logs` may be anything.
 */
const programs = String.raw`(?:/\.[^/]+/|^/(?:var/(?:lib|cache|opt)|run|usr|snap)/)(?:[^/]+/)*`;
/** Where desktop programs keep settings and state: XDG folders, also of Flatpaks and snaps. */
const desktop = String.raw`/(?:\.config|\.local/share|\.local/state|\.var/app/[^/]+/(?:config|data)|snap/[^/]+/[^/]+)/(?:[^/]+/)*`;
const mozilla = String.raw`/\.?(?:mozilla/firefox|thunderbird|librewolf|waterfox)/[^/]+/`;

const below = (start: string, names: readonly string[], end: string, flags = ''): RegExp =>
  new RegExp(`${start}(?:${names.join('|')})${end}`, flags);

/** Looks like something from the lists below, and is somebody's own all the same. */
export const keptSigns: readonly PathSign[] = [
  {
    path: /\/\.(?:purple|weechat|irssi|config\/hexchat|local\/share\/weechat)\/(?:.*\/)?logs\//,
    what: 'conversations',
  },
  { path: /\/\.(?:password-store|gnupg|ssh|local\/share\/keyrings)\//, what: 'keys and passwords' },
];

/** In doubt there is no line: what is none of these is a document. */
export const quietSigns: readonly PathSign[] = [
  // Caches
  { path: /\/\.cache\//, what: 'caches by the XDG Base Directories' },
  { path: /^\/var\/cache\/(?!debconf\/)/, what: 'caches of the machine' },
  { path: /\/\.var\/app\/[^/]+\/\.?cache\//, what: 'caches of Flatpaks' },
  { path: /\/\.thumbnails\//, what: 'previews' },
  {
    path: below('/', ['__pycache__', '\\.(?:pytest|mypy|ruff|eslint|parcel|sass)[-_]?cache', '\\.ccache'], '(?:/|$)'),
    what: 'caches of tools',
  },
  {
    path: below(
      '/\\.',
      ['npm/_cacache', 'gradle/caches', 'cargo/registry/(?:cache|index|src)', 'nv/(?:Compute|GL)Cache'],
      '/',
    ),
    what: 'downloads of tools',
  },
  {
    path: below(
      programs,
      [
        ...['Cache', 'Cache_Data', 'Code Cache', 'GPUCache', 'GrShaderCache', 'ShaderCache', 'Dawn[A-Za-z]*Cache'],
        ...['CachedData', 'CachedExtensionVSIXs', 'CacheStorage', 'ScriptCache', 'Media Cache', 'Application Cache'],
        ...['cache2', 'OfflineCache', 'startupCache', 'shader-?cache', 'httpcache', 'appcache', 'thumbnails'],
      ],
      '/',
    ),
    what: 'caches of browsers, and of what is built on them',
  },
  {
    path: below('/', ['icon-theme\\.cache', 'mimeinfo\\.cache', 'ld\\.so\\.cache', 'Thumbs\\.db', '\\.DS_Store'], '$'),
    what: 'what is made again by looking at a folder',
  },
  // Logs and journals
  { path: /^\/var\/log\//, what: 'logs and journals of the machine' },
  { path: /^\/(?:run|proc|sys|dev)\//, what: 'what does not outlive a start' },
  { path: /\/\.xsession-errors(?:\.old)?$/, what: 'the log of the session' },
  { path: below(programs, ['logs?', 'crash(?:es|pad| reports)?', 'minidumps'], '/', 'i'), what: 'logs of programs' },
  {
    path: below(programs, ['[^/]+\\.log(?:\\.(?:old|[0-9]+))?(?:\\.(?:gz|xz|zst|bz2))?'], '$', 'i'),
    what: 'logs of programs, by name',
  },
  { path: /\/(?:npm-debug\.log|yarn-(?:error|debug)\.log|hs_err_pid\d+\.log)[^/]*$/, what: 'logs of tools' },
  // Of use only while a program runs
  {
    path: /\.(?:db|db3|sqlite|sqlite3|sqlitedb|gnucash|kmy|places)-(?:wal|shm|journal)$/,
    what: 'what SQLite keeps beside a database',
  },
  { path: below(programs, ['[^/]+-(?:wal|shm|journal)'], '$'), what: 'the same beside a database without an ending' },
  {
    path: below(
      '/',
      ['\\.lock', '\\.?parent\\.?lock', 'Singleton(?:Lock|Cookie|Socket)', '\\.~lock\\.[^/]+#', '\\.#[^/]+'],
      '$',
    ),
    what: 'locks',
  },
  {
    path: below(programs, ['lock', 'LOCK', '[^/]+\\.(?:lck|pid|sock|socket)'], '$'),
    what: 'locks and sockets of programs',
  },
  { path: /\/\.[^/]+\.sw[a-p]$/, what: 'swap files of Vim' },
  { path: /\/\.(?:X\d+-lock|X11-unix|ICE-unix|ICEauthority|Xauthority)(?:\/|$)/, what: 'the session’s own' },
  { path: /\/\.goutputstream-[A-Z0-9]{6}$/, what: 'files that GNOME is writing' },
  {
    path: below(programs, ['[^/]+\\.(?:tmp|temp|part|crdownload)'], '$', 'i'),
    what: 'files that programs are writing',
  },
  // State that changes whether or not anybody did anything
  {
    path: below(
      mozilla,
      [
        ...[
          'storage',
          'sessionstore-backups',
          'datareporting',
          'saved-telemetry-pings',
          'crashes',
          'minidumps',
          'settings',
        ],
        ...[
          'security_state',
          'weave',
          'gmp[^/]*',
          'sessionstore\\.jsonlz4',
          'sessionCheckpoints\\.json',
          'times\\.json',
        ],
        ...['(?:cookies|webappsstore|favicons|content-prefs|protections|permissions)\\.sqlite', 'xulstore\\.json'],
        ...['AlternateServices\\.[a-z]+', 'SiteSecurityServiceState\\.[a-z]+', 'compatibility\\.ini', 'panacea\\.dat'],
        ...['addonStartup\\.json\\.lz4', 'broadcast-listeners\\.json', 'global-messages-db\\.sqlite'],
      ],
      '(?:/|$)',
    ),
    what: 'state of Firefox and Thunderbird',
  },
  {
    path: below(
      desktop,
      [
        ...['Session Storage', 'Local Storage', 'IndexedDB', 'blob_storage', 'Service Worker', 'Sessions', 'GCM Store'],
        ...[
          'VideoDecodeStats',
          'shared_proto_db',
          'optimization_guide[^/]*',
          'Safe Browsing[^/]*',
          'BrowserMetrics[^/]*',
        ],
        ...[
          'Site Characteristics Database',
          'Segmentation Platform',
          'WebStorage',
          'Sync Data',
          'Platform Notifications',
        ],
        ...['AutofillStrikeDatabase', 'Feature Engagement Tracker', 'Network Persistent State', 'TransportSecurity'],
        ...['(?:Network/)?Cookies', 'Favicons', 'QuotaManager', 'Reporting and NEL', 'Visited Links', 'Top Sites'],
        ...['Local State', 'Last Version', 'Variations', 'Trust Tokens', 'SharedStorage', 'DIPS'],
      ],
      '(?:-journal)?(?:/|$)',
    ),
    what: 'state of Chromium and what is built on it',
  },
  {
    path: below(
      '/\\.local/share/',
      [
        'gvfs-metadata',
        'tracker3?',
        'baloo',
        'zeitgeist',
        'recently-used\\.xbel',
        'gnome-shell/(?:application_state|notifications)',
        'sddm',
        'xorg',
        'kactivitymanagerd',
        'kscreen',
      ],
      '(?:/|$|\\.)',
    ),
    what: 'indexes and state of desktops',
  },
  {
    path: /\/\.config\/(?:pulse|ibus\/bus|gnome-session\/saved-session|baloofilerc)(?:\/|$)/,
    what: 'state of desktops',
  },
  {
    path: /\/\.(?:dbus|gvfs|pulse-cookie|esd_auth|lesshst|wget-hsts|viminfo|zcompdump[^/]*)(?:\/|$)/,
    what: 'state of programs',
  },
  {
    path: below(
      '^/var/lib/',
      [
        ...[
          'systemd/(?:timers|coredump|catalog|timesync|rfkill|backlight|random-seed|linger)',
          'logrotate',
          'upower',
          'dhcp',
        ],
        ...[
          '[mp]locate',
          'apt/(?:lists|periodic)',
          'command-not-found',
          'app-info',
          'swcatalog',
          'PackageKit',
          'fwupd',
        ],
        ...['snapd/cache', 'colord', 'NetworkManager', 'plymouth', 'sudo/ts', 'man-db', 'chrony', 'ntp'],
      ],
      '(?:/|$)',
    ),
    what: 'state of the machine',
  },
  { path: /\/(?:\.local\/share\/Trash|\.Trash(?:-\d+)?)\//, what: 'thrown away' },
];
