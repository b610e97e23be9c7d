import { describe, expect, it } from 'vitest';
import { pathClass } from './path-class.ts';
import { keptSigns, quietSigns } from './path-signs.ts';

/** Paths as a Debian desktop has them, each with what it is a case of. */
const quiet: readonly string[] = [
  // Caches
  '/home/ana/.cache/mozilla/firefox/ab12.default-esr/cache2/entries/0A1B',
  '/home/ana/.cache/thumbnails/large/0a1b2c.png',
  '/home/ana/.thumbnails/normal/0a1b2c.png',
  '/home/ana/.var/app/org.mozilla.firefox/cache/x',
  '/home/ana/.config/google-chrome/Default/Code Cache/js/index',
  '/home/ana/.config/Code/CachedData/abc/x.code',
  '/home/ana/.config/Signal/GPUCache/data_1',
  '/home/ana/projects/tool/__pycache__/main.cpython-312.pyc',
  '/home/ana/.npm/_cacache/index-v5/0a/1b/x',
  '/home/ana/.gradle/caches/8.5/x',
  '/home/ana/.nv/ComputeCache/index',
  '/var/cache/apt/pkgcache.bin',
  '/var/cache/man/index.db',
  '/usr/share/icons/hicolor/icon-theme.cache',
  '/usr/share/applications/mimeinfo.cache',
  '/home/ana/Pictures/Thumbs.db',
  // Logs and journals
  '/var/log/syslog',
  '/var/log/syslog.2.gz',
  '/var/log/journal/0a1b2c/system.journal',
  '/var/log/journal/0a1b2c/user-1000@0005.journal~',
  '/var/log/apt/history.log',
  '/run/log/journal/0a/system.journal',
  '/home/ana/.xsession-errors',
  '/home/ana/.local/share/xorg/Xorg.0.log',
  '/home/ana/.config/Code/logs/20261120T090000/main.log',
  '/home/ana/.local/share/gnome-boxes/logs/x',
  '/home/ana/.steam/error.log',
  '/home/ana/.mozilla/firefox/Crash Reports/LastCrash',
  '/var/lib/postgresql/15/main/log/postgresql.log',
  '/home/ana/projects/site/npm-debug.log',
  // Beside databases
  '/home/ana/.mozilla/firefox/ab12.default-esr/places.sqlite-wal',
  '/home/ana/.mozilla/firefox/ab12.default-esr/places.sqlite-shm',
  '/home/ana/.config/google-chrome/Default/History-journal',
  '/home/ana/Documents/books.gnucash-journal',
  '/home/ana/Photos/photos.db-wal',
  // Locks, sockets, half-written
  '/home/ana/.mozilla/firefox/ab12.default-esr/lock',
  '/home/ana/.mozilla/firefox/ab12.default-esr/.parentlock',
  '/home/ana/.config/google-chrome/SingletonLock',
  '/home/ana/.config/google-chrome/Default/Sync Data/LevelDB/LOCK',
  '/home/ana/Documents/.~lock.letter.odt#',
  '/home/ana/Documents/.letter.txt.swp',
  '/home/ana/Documents/.#letter.txt',
  '/home/ana/.gnome/agent.sock',
  '/var/lib/dhcp/dhclient.pid',
  '/home/ana/.Xauthority',
  '/home/ana/.goutputstream-AB12CD',
  '/home/ana/.config/app/settings.json.tmp',
  // State
  '/home/ana/.mozilla/firefox/ab12.default-esr/sessionstore-backups/recovery.jsonlz4',
  '/home/ana/.mozilla/firefox/ab12.default-esr/storage/default/https+++a.org/ls/data.sqlite',
  '/home/ana/.mozilla/firefox/ab12.default-esr/cookies.sqlite',
  '/home/ana/.thunderbird/ab12.default/global-messages-db.sqlite',
  '/home/ana/.config/google-chrome/Default/Local Storage/leveldb/000003.log',
  '/home/ana/.config/google-chrome/Default/Network/Cookies',
  '/home/ana/.config/BraveSoftware/Brave-Browser/Local State',
  '/home/ana/.var/app/com.slack.Slack/config/Slack/IndexedDB/x',
  '/home/ana/.local/share/gvfs-metadata/home',
  '/home/ana/.local/share/gvfs-metadata/home-0a1b.log',
  '/home/ana/.local/share/recently-used.xbel',
  '/home/ana/.local/share/baloo/index',
  '/home/ana/.config/pulse/0a1b-device-volumes.tdb',
  '/home/ana/.lesshst',
  '/var/lib/systemd/timers/stamp-apt-daily.timer',
  '/var/lib/apt/lists/security_dists_bookworm_InRelease',
  '/var/lib/NetworkManager/timestamps',
  '/home/ana/.local/share/Trash/files/old.odt',
  '/media/ana/stick/.Trash-1000/info/old.odt.trashinfo',
];

const documents: readonly string[] = [
  '/home/ana/Documents/letter.odt',
  '/home/ana/Documents/Cache/plan.odt',
  '/home/ana/Documents/logs/2026.txt',
  '/home/ana/Documents/ship.log',
  '/home/ana/Documents/my-journal',
  '/home/ana/Documents/travel-journal/2026.md',
  '/home/ana/Documents/lock',
  '/home/ana/Documents/notes.tmp',
  '/home/ana/Music/Lock/song.flac',
  '/home/ana/.notes/journal/2026-11-20.md',
  '/home/ana/.finance/2026.journal',
  '/home/ana/.dotfiles/flake.lock',
  '/home/ana/projects/tool/Cargo.lock',
  '/home/ana/projects/tool/package-lock.json',
  '/home/ana/projects/tool/.git/index',
  '/home/ana/projects/var/logs/run1.csv',
  '/home/ana/projects/site/databases/customers.db',
  '/home/ana/projects/site/IndexedDB/reader.ts',
  '/home/ana/Photos/photos.db',
  '/home/ana/Documents/books.gnucash',
  '/home/ana/.bash_history',
  '/home/ana/.bashrc',
  '/home/ana/.config/dconf/user',
  '/home/ana/.config/Code/User/settings.json',
  '/home/ana/.config/google-chrome/Default/Bookmarks',
  '/home/ana/.config/google-chrome/Default/Login Data',
  '/home/ana/.mozilla/firefox/ab12.default-esr/places.sqlite',
  '/home/ana/.mozilla/firefox/ab12.default-esr/logins.json',
  '/home/ana/.mozilla/firefox/ab12.default-esr/key4.db',
  '/home/ana/.thunderbird/ab12.default/ImapMail/imap.example.org/INBOX',
  '/home/ana/.thunderbird/ab12.default/Mail/Local Folders/Sent',
  '/home/ana/.local/share/keyrings/login.keyring',
  '/home/ana/.local/share/evolution/mail/local/x',
  '/home/ana/.purple/logs/jabber/bob/2026-11-20.txt',
  '/home/ana/.password-store/web/example.log',
  '/home/ana/.ssh/id_ed25519',
  '/etc/fstab',
  '/etc/NetworkManager/system-connections/home.nmconnection',
  '/var/lib/dpkg/status',
  '/var/lib/postgresql/15/main/base/1/1259',
  '/var/lib/mysql/shop/orders.ibd',
  '/var/www/site/log/index.html',
  '/var/mail/ana',
  '/var/cache/debconf/config.dat',
  '/var/backups/dpkg.status.0',
  '/var/tmp/interview.wav',
  '/tmp/letter.odt',
  '/srv/share/Cache/x',
  '/opt/tool/data.db',
  '/',
  '',
];

describe('what a path is likely to be worth', () => {
  it.each(quiet)('log or cache: %s', (path) => {
    expect(pathClass(path)).toBe('log-or-cache');
  });

  it.each(documents)('a document: %s', (path) => {
    expect(pathClass(path)).toBe('document');
  });

  it('has no sign that no real path shows', () => {
    const unused = [...quietSigns, ...keptSigns].filter(
      ({ path }) => ![...quiet, ...documents].some((each) => path.test(each)),
    );
    expect(unused.map(({ what }) => what)).toEqual([]);
  });

  it('is told quickly of a path that is long and close to many signs', () => {
    const path = `/home/ana/${'.config/log-'.repeat(300)}x`;
    expect(pathClass(path)).toBe('document');
  });
});
