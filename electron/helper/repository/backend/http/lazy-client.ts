import type { HttpClient } from './contract.ts';

/**
 * A client that is loaded with the first request: most repositories are on a disk, and loading what speaks HTTP takes a
 * program that is started for one of them longer than opening it.
 */
export function lazyClient(load: () => Promise<HttpClient>): HttpClient {
  let loaded: Promise<HttpClient> | undefined;
  return {
    async send(request) {
      loaded ??= load();
      return (await loaded).send(request);
    },
    async close() {
      await (await loaded)?.close();
    },
  };
}
