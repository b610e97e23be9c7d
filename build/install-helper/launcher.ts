import { helperProgramOptions } from '../../shared/helper/program-options.ts';

/**
 * The program polkit starts as root. It takes no argument and nothing of its caller's environment: polkit pins the
 * program, not what it is given. OpenSSL is told to load no configuration and no module.
 */
export function launcherScript(prefix: string): string {
  if (!/^\/[A-Za-z0-9._/-]+$/.test(prefix)) throw new Error(`not a plain absolute path: ${prefix}`);
  return `#!/bin/sh
# Starts Stillpoint's helper; see the policy file that names this path.
set -u
if [ "$#" -ne 0 ]; then
  echo 'stillpoint-helper: takes no arguments' >&2
  exit 64
fi
# pkexec can be told to run a program as any user; this one is for root alone.
if [ "$(/usr/bin/id -u)" != 0 ]; then
  echo 'stillpoint-helper: only root may be made to run this' >&2
  exit 77
fi
umask 022
cd / || exit 1
caller=\${PKEXEC_UID:-}
case "$caller" in
  *[!0-9]*) echo 'stillpoint-helper: PKEXEC_UID is not a number' >&2; exit 64 ;;
esac
exec /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 HOME=/root \\
  OPENSSL_CONF=/dev/null OPENSSL_MODULES=${prefix}/no-modules \\
  \${caller:+PKEXEC_UID="$caller"} ${prefix}/bin/node ${helperProgramOptions.join(' ')} \\
  ${prefix}/helper/helper.js
`;
}
