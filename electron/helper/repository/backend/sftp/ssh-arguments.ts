export interface SshPlace {
  readonly host: string;
  readonly user?: string | undefined;
  readonly port?: number | undefined;
  /** Absolute path of a private key without a passphrase; without it the agent and the user’s own configuration decide. */
  readonly keyFile?: string | undefined;
  /** Absolute path of known hosts instead of the user’s. */
  readonly knownHostsFile?: string | undefined;
}

/**
 * How ssh is called. Nobody can be asked, and a server whose key is not known, or is another one than it was, gets nothing.
 * Everything else is the user’s own configuration: names of hosts, jumps, keys.
 */
export function sshArguments({ host, user, port, keyFile, knownHostsFile }: SshPlace): string[] {
  return [
    ...['-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=yes', '-o', 'ConnectTimeout=20'],
    ...['-o', 'ServerAliveInterval=15', '-o', 'ServerAliveCountMax=3'],
    ...['-o', 'ForwardAgent=no', '-o', 'ForwardX11=no', '-o', 'ClearAllForwardings=yes', '-o', 'PermitLocalCommand=no'],
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...(user === undefined ? [] : ['-l', user]),
    ...(keyFile === undefined ? [] : ['-i', keyFile, '-o', 'IdentitiesOnly=yes']),
    ...(knownHostsFile === undefined ? [] : ['-o', `UserKnownHostsFile=${knownHostsFile}`]),
    ...['-s', '--', host, 'sftp'],
  ];
}
