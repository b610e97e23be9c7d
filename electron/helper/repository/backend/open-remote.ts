import type { PlaceCredentials, RepositoryLocation } from '../../../../shared/domain/location.ts';
import { locationText } from '../../../../shared/domain/location.ts';
import { StillpointError } from '../../../../shared/errors/index.ts';
import type { StartProgram } from './child/contract.ts';
import type { Backend } from './contract.ts';
import { decorated } from './decorators/decorated.ts';
import type { Buckets } from './decorators/rate-limit.ts';
import { hastyRetries, patientRetries, type RetryPolicy } from './decorators/retry.ts';
import type { HttpClient } from './http/contract.ts';
import { lazyClient } from './http/lazy-client.ts';
import type { TlsTrust } from './http/node-http-client.ts';
import { RestBackend } from './rest/rest-backend.ts';
import { S3Backend } from './s3/s3-backend.ts';
import { SftpBackend } from './sftp/sftp-backend.ts';
import { SftpSession } from './sftp/sftp-session.ts';

export type RemoteLocation = Exclude<RepositoryLocation, { kind: 'local' }>;

/** What a place elsewhere needs of this machine, in the name of whom it belongs to. */
export interface RemotePorts {
  readonly startProgram: StartProgram;
  /** A certificate file that the location names. */
  readonly readText: (path: string) => string;
  /** Shared by all that use the same line. */
  readonly buckets?: Buckets | undefined;
}

/** One place, seen in two ways over the same connections. */
export interface RemotePlace {
  /** For runs: waits out what may pass. */
  readonly backend: Backend;
  /** For a look while somebody waits. */
  readonly quick: Backend;
  close(): Promise<void>;
}

/** Calls at a time: enough to fill a line, few enough for a small server. */
const callsAtOnce = 8;

/** How long a place is waited for. */
export interface Patience {
  /** Nothing moves for so long: the call is given up and made again, ms. */
  readonly silenceMs: number;
  readonly retries: RetryPolicy;
}

export const usualPatience: { readonly run: Patience; readonly look: Patience } = {
  run: { silenceMs: 60_000, retries: patientRetries },
  look: { silenceMs: 8_000, retries: hastyRetries },
};

/** Nothing is connected before it is used. `bad-input` names what is missing. */
export function openRemote(
  location: RemoteLocation,
  credentials: PlaceCredentials | undefined,
  ports: RemotePorts,
  patience = usualPatience,
): RemotePlace {
  const bare = bareBackend(location, credentials, ports);
  const { buckets } = ports;
  return {
    backend: decorated(bare, { ...patience.run, buckets, callsAtOnce }),
    quick: decorated(bare, { ...patience.look, buckets, callsAtOnce }),
    close: async () => {
      await bare.close?.();
    },
  };
}

function bareBackend(
  location: RemoteLocation,
  credentials: PlaceCredentials | undefined,
  { startProgram, readText }: RemotePorts,
): Backend {
  const text = locationText(location);
  switch (location.kind) {
    case 'rest': {
      const url = new URL(location.url);
      const known = credentials?.kind === 'rest' ? credentials : undefined;
      return new RestBackend(httpFor(location, readText), { url, credentials: known, location: text });
    }
    case 's3': {
      if (credentials?.kind !== 's3') throw keysNeeded(text);
      const { bucket, prefix, region } = location;
      const endpoint = new URL(location.endpoint);
      return new S3Backend(httpFor(location, readText), {
        endpoint,
        bucket,
        prefix,
        region,
        credentials,
        location: text,
      });
    }
    case 'sftp':
      return new SftpBackend(new SftpSession(startProgram, location, text), location.path);
    case 'rclone': {
      const client = lazyClient(async () => {
        const { RcloneHttp } = await import('./rclone/rclone-http.ts');
        return new RcloneHttp(startProgram, location.remote);
      });
      return new RestBackend(client, { url: new URL('http://localhost/'), location: text });
    }
  }
}

function httpFor(
  trust: { caFile?: string | undefined; fingerprint?: string | undefined },
  readText: RemotePorts['readText'],
): HttpClient {
  const tls: TlsTrust = {
    authority: trust.caFile === undefined ? undefined : readText(trust.caFile),
    fingerprint: trust.fingerprint,
  };
  return lazyClient(async () => {
    const { NodeHttpClient } = await import('./http/node-http-client.ts');
    return new NodeHttpClient(tls);
  });
}

function keysNeeded(location: string): StillpointError {
  return new StillpointError({
    kind: 'password-needed',
    message: `The access key of ${location} is needed.`,
    guidance: 'Give its id and its secret once; they are kept like the password.',
    field: 'credentials',
    retryable: true,
    context: { location },
  });
}
