import { utilityProcess } from 'electron';

/** The catalog process as its client needs it. */
export interface CatalogProcess {
  send(message: unknown): void;
  /** Ends it; its exit follows. */
  end(): void;
}

export interface CatalogProcessEvents {
  readonly onMessage: (message: unknown) => void;
  readonly onExit: (code: number) => void;
  readonly onLog: (line: string) => void;
}

export type StartCatalog = (events: CatalogProcessEvents) => CatalogProcess;

/** Starts the built catalog in a process of its own, which ends with ours. */
export function startCatalogProcess(script: string, path: string): StartCatalog {
  return ({ onMessage, onExit, onLog }) => {
    const child = utilityProcess.fork(script, [path], { serviceName: 'Stillpoint catalog', stdio: 'pipe', env: {} });
    child.on('message', onMessage);
    child.on('exit', onExit);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (data: Buffer) => onLog(data.toString('utf8').trimEnd()));
    }
    return { send: (message) => child.postMessage(message), end: () => child.kill() };
  };
}
