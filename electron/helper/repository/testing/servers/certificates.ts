import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findServerProgram } from './server-process.ts';

const openssl = findServerProgram('openssl');
export const opensslMissing = openssl.missing;

export interface TestCertificate {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: string;
  readonly key: string;
  /** SHA-256 as programs print it. */
  readonly fingerprint: string;
}

const run = (folder: string, args: readonly string[]): void =>
  void execFileSync(openssl.path ?? '', [...args], { cwd: folder, stdio: 'pipe' });

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** An authority of the test's own. */
export function makeAuthority(folder: string, name: string): TestCertificate {
  run(folder, [
    ...['req', '-x509', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.pem`, '-days', '2'],
    ...['-subj', `/CN=${name}`, '-addext', 'basicConstraints=critical,CA:TRUE'],
  ]);
  return certificateAt(folder, name);
}

/** For 127.0.0.1, or what `altName` says, signed by `authority`; expired where that is said. */
export function makeCertificate(
  folder: string,
  name: string,
  authority: TestCertificate,
  { altName = 'IP:127.0.0.1', expired = false }: { readonly altName?: string; readonly expired?: boolean } = {},
): TestCertificate {
  run(folder, ['req', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`]);
  writeFileSync(join(folder, `${name}.ext`), `subjectAltName=${altName}\nbasicConstraints=CA:FALSE\n`);
  run(folder, [
    ...['x509', '-req', '-in', `${name}.csr`, '-out', `${name}.pem`, '-extfile', `${name}.ext`],
    ...['-CA', authority.certFile, '-CAkey', authority.keyFile, '-CAcreateserial', '-days', expired ? '-1' : '2'],
  ]);
  return certificateAt(folder, name);
}

function certificateAt(folder: string, name: string): TestCertificate {
  const certFile = join(folder, `${name}.pem`);
  const keyFile = join(folder, `${name}.key`);
  const cert = readFileSync(certFile, 'utf8');
  return {
    certFile,
    keyFile,
    cert,
    key: readFileSync(keyFile, 'utf8'),
    fingerprint: new X509Certificate(cert).fingerprint256,
  };
}
