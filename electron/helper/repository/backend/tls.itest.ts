import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { connect as connectPlain, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createSecureServer } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { PlaceCredentials } from '../../../../shared/domain/location.ts';
import { sha256 } from '../crypto/hash.ts';
import {
  makeAuthority,
  makeCertificate,
  opensslMissing,
  type TestCertificate,
} from '../testing/servers/certificates.ts';
import { restServers, testPassword, testUser } from '../testing/servers/rest-servers.ts';
import { emulationKeys, S3Emulation } from '../testing/servers/s3-emulation.ts';
import { startingProgram } from '../testing/start-program.ts';
import { openRemote, type RemoteLocation, type RemotePlace, usualPatience } from './open-remote.ts';

interface Trust {
  readonly caFile?: string;
  readonly fingerprint?: string;
}

interface SecurePlace {
  readonly port: number;
  location(trust: Trust, scheme?: 'http' | 'https'): RemoteLocation;
  readonly credentials: PlaceCredentials;
  stop(): Promise<void>;
}

const bytes = Buffer.from('what a pack holds');
const pack = { kind: 'pack', name: sha256(bytes) } as const;

const kinds = [
  ...restServers.map(({ name, missing, start }) => ({
    ...{ name, missing },
    start: async (tls: TestCertificate): Promise<SecurePlace> => {
      const { port, stop } = await start({ tls });
      return {
        ...{ port, stop },
        location: (trust, scheme = 'https') => ({ kind: 'rest', url: `${scheme}://127.0.0.1:${port}/r`, ...trust }),
        credentials: { kind: 'rest', user: testUser, password: testPassword },
      };
    },
  })),
  {
    ...{ name: 'an S3 server', missing: '' },
    start: async (tls: TestCertificate): Promise<SecurePlace> => {
      const server = await S3Emulation.start({ tls });
      const { port } = server;
      return {
        ...{ port, stop: () => server.stop() },
        location: (trust, scheme = 'https') => ({
          ...{ kind: 's3', endpoint: `${scheme}://127.0.0.1:${port}`, bucket: 'a-bucket', prefix: '' },
          ...trust,
        }),
        credentials: { kind: 's3', ...emulationKeys },
      };
    },
  },
];

describe.skipIf(opensslMissing !== '')(`over TLS${opensslMissing}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'stillpoint-tls-'));
  const authority = opensslMissing === '' ? makeAuthority(folder, 'authority') : undefined;
  const stranger = opensslMissing === '' ? makeAuthority(folder, 'stranger') : undefined;
  const certificate = (name: string, options?: Parameters<typeof makeCertificate>[3]): TestCertificate => {
    if (!authority) throw new Error('there is no authority');
    return makeCertificate(folder, name, authority, options);
  };
  let open: RemotePlace[] = [];
  afterEach(async () => {
    for (const place of open.splice(0)) await place.close();
    open = [];
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const at = (location: RemoteLocation, credentials: PlaceCredentials): RemotePlace['quick'] => {
    const ports = { startProgram: startingProgram(), readText: (path: string) => readFileSync(path, 'utf8') };
    const place = openRemote(location, credentials, ports, { run: usualPatience.look, look: usualPatience.look });
    open.push(place);
    return place.quick;
  };
  const refused = (reason: RegExp) => ({
    ...{ kind: 'not-permitted', field: 'location.tls', message: expect.stringMatching(reason) },
    guidance: expect.stringMatching(/^Nothing was sent\./),
  });

  describe.each(kinds.map((kind) => [`${kind.name}${kind.missing}`, kind] as const))('%s', (_, kind) => {
    let place: SecurePlace;
    let shown: TestCertificate;
    beforeAll(async () => {
      if (kind.missing !== '') return;
      shown = certificate(`of ${kind.name}`.replaceAll(' ', '-'));
      place = await kind.start(shown);
    });
    afterAll(() => place?.stop());
    const asked = (trust: Trust, scheme?: 'http' | 'https') => at(place.location(trust, scheme), place.credentials);

    it.skipIf(kind.missing !== '')('is trusted by a file of authorities, or by its fingerprint alone', async () => {
      const trusts = [
        { caFile: authority?.certFile ?? '' },
        { fingerprint: shown.fingerprint },
        { fingerprint: shown.fingerprint.replaceAll(':', '').toLowerCase() },
      ];
      for (const trust of trusts) {
        const backend = asked(trust);
        await backend.prepare();
        await backend.save(pack, bytes);
        expect((await backend.load(pack))?.equals(bytes)).toBe(true);
      }
    });

    it.skipIf(kind.missing !== '')('is not trusted otherwise', async () => {
      await expect(asked({}).probe()).rejects.toMatchObject(refused(/certificate/));
      const other = { caFile: stranger?.certFile ?? '' };
      await expect(asked(other).probe()).rejects.toMatchObject(refused(/certificate/));
      const pinned = { fingerprint: 'ab'.repeat(32) };
      await expect(asked(pinned).probe()).rejects.toMatchObject(refused(/another fingerprint/));
    });

    it.skipIf(kind.missing !== '')(
      'is never asked without TLS where https is named, nor the other way round',
      async () => {
        // What speaks plainly to a server that does not is no repository.
        await expect(asked({}, 'http').probe()).rejects.toMatchObject({ kind: 'io' });
      },
    );
  });

  it.each([
    ['expired', { expired: true }, /expired/],
    ['for another name', { altName: 'DNS:elsewhere.example' }, /altnames/],
  ])(
    'a certificate that is %s is refused by its authority’s file, and accepted by its fingerprint',
    async (name, options, reason) => {
      const shown = certificate(name.replaceAll(' ', '-'), options);
      const server = await S3Emulation.start({ tls: shown });
      try {
        const location = (trust: Trust): RemoteLocation => ({
          ...{ kind: 's3', endpoint: `https://127.0.0.1:${server.port}`, bucket: 'a-bucket', prefix: '', ...trust },
        });
        const credentials = { kind: 's3', ...emulationKeys } as const;
        const byAuthority = at(location({ caFile: authority?.certFile ?? '' }), credentials);
        await expect(byAuthority.probe()).rejects.toMatchObject(refused(reason));
        expect(server.log).toEqual([]);
        expect(await at(location({ fingerprint: shown.fingerprint }), credentials).probe()).toBe('absent');
      } finally {
        await server.stop();
      }
    },
  );

  it('who is pinned and speaks less than TLS 1.2, or no TLS at all, learns nothing', async () => {
    const shown = certificate('old');
    const heard: Buffer[] = [];
    const old = createSecureServer({
      key: shown.key,
      cert: shown.cert,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'ALL:@SECLEVEL=0',
    });
    const plain = createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', (piece: Buffer) => {
        heard.push(piece);
        socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
      });
    });
    old.on('secureConnection', (socket) => socket.on('data', (piece: Buffer) => heard.push(piece)));
    old.on('tlsClientError', () => {});
    try {
      for (const server of [old, plain]) {
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
        const { port } = server.address() as AddressInfo;
        const url = `https://127.0.0.1:${port}/r`;
        const credentials = { kind: 'rest', user: testUser, password: testPassword } as const;
        const backend = at({ kind: 'rest', url, fingerprint: shown.fingerprint }, credentials);
        await expect(backend.probe()).rejects.toMatchObject({ kind: 'io', field: 'location.url' });
      }
      // Only the greeting of TLS, which holds neither header nor path.
      expect(Buffer.concat(heard).toString('latin1')).not.toMatch(/HTTP|Basic|anna|\/r\b/);
      expect(heard.length).toBeGreaterThan(0);
    } finally {
      old.close();
      plain.close();
    }
  });

  it('an answer that leads away from TLS is not followed', async () => {
    const shown = certificate('leading');
    let followed = 0;
    const plain = createServer((socket) => {
      followed += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    const { port: plainPort } = plain.address() as AddressInfo;
    const to = `http://127.0.0.1:${plainPort}/r/config`;
    const leading = createHttpsServer({ key: shown.key, cert: shown.cert }, (_, response) => {
      response.writeHead(307, { location: to }).end();
    });
    await new Promise<void>((resolve) => leading.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = leading.address() as AddressInfo;
      const location = { kind: 'rest', url: `https://127.0.0.1:${port}/r`, fingerprint: shown.fingerprint } as const;
      await expect(at(location, { kind: 'rest', user: testUser, password: testPassword }).probe()).rejects.toThrow(
        /307/,
      );
      expect(followed).toBe(0);
      // The other one was there to be followed to.
      await new Promise((resolve) =>
        connectPlain(plainPort, '127.0.0.1')
          .on('error', () => {})
          .on('close', resolve),
      );
      expect(followed).toBe(1);
    } finally {
      leading.closeAllConnections();
      leading.close();
      plain.close();
    }
  });
});
