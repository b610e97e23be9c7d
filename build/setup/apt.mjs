import { groups, purposes } from './apt-packages.mjs';
import { isOnPath, read, run } from './command.mjs';
import { SetupError, say } from './say.mjs';

/**
 * Installs the Debian packages a purpose needs and the system lacks; rights are asked for once, through sudo.
 * On a system without dpkg nothing is installed, and a line says what is needed.
 * @param {keyof typeof purposes} purpose
 */
export async function ensureAptPackages(purpose) {
  if (!isOnPath('dpkg-query')) {
    const reasons = purposes[purpose].map((name) => groups[name]?.reason).join('; ');
    say(`set-up: not a Debian system, so nothing was checked; needed for this: ${reasons}`);
    return;
  }
  const installed = installedPackages();
  const missing = purposes[purpose].flatMap((name) => {
    const group = groups[name];
    if (group === undefined) throw new SetupError(`set-up: unknown package group ${name}`);
    const lacking = group.names.filter((names) => !names.split('|').some((candidate) => installed.has(candidate)));
    if (lacking.length > 0) say(`set-up: missing for ${group.reason}: ${lacking.join(' ')}`);
    return lacking;
  });
  if (missing.length > 0) await install(missing);
}

function installedPackages() {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own format language.
  const printed = read('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n']) ?? '';
  return new Set(printed.split('\n').flatMap((line) => (line.endsWith(' installed') ? [line.split(' ')[0]] : [])));
}

/** Takes the first of each `a|b` that the package lists know; the lists are only known after the update. */
const script = `
set -e
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
names=
for choice in "$@"; do
  picked=
  for name in $(echo "$choice" | tr '|' ' '); do
    if [ -z "$picked" ] && apt-cache show "$name" >/dev/null 2>&1; then picked=$name; fi
  done
  names="$names \${picked:-$choice}"
done
# Tests start a server of their own; on this machine nobody asked for one.
case "$names" in
  *openssh-server*) if [ ! -e /usr/sbin/sshd ]; then mkdir -p /etc/ssh; touch /etc/ssh/sshd_not_to_be_run; fi ;;
esac
exec apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 $names >/dev/null
`;

/** @param {readonly string[]} names */
async function install(names) {
  const command = ['sh', '-c', script, 'stillpoint-set-up', ...names];
  const byHand = `apt-get install ${names.map((name) => name.split('|')[0]).join(' ')}`;
  if (process.getuid?.() === 0) {
    say('set-up: installing them with apt-get');
  } else {
    if (!isOnPath('sudo')) throw new SetupError(`set-up: neither root nor sudo here. As root: ${byHand}`);
    say('set-up: installing them with apt-get; sudo may ask for your password, once');
    // Without a terminal sudo could only hang or fail late.
    command.unshift('sudo', ...(process.stdin.isTTY ? [] : ['-n']));
  }
  const [program = '', ...args] = command;
  const code = await run(program, args, { output: 'stderr', input: true });
  if (code !== 0) {
    throw new SetupError(`set-up: the packages were not installed (refused, or apt-get failed). As root: ${byHand}`);
  }
}
