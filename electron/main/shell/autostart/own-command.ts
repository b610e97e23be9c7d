export interface RunningApp {
  /** The program that runs: Electron's own, or the packaged app. */
  readonly executable: string;
  readonly isPackaged: boolean;
  /** The folder Electron was given; of no interest when packaged. */
  readonly appPath: string;
  /** The file an AppImage was started from: what it is unpacked to is gone after it ends. */
  readonly appImage: string | undefined;
}

/** What starts this app again the way it runs now. */
export function ownCommand({ executable, isPackaged, appPath, appImage }: RunningApp): string[] {
  if (!isPackaged) return [executable, appPath];
  return [appImage?.startsWith('/') ? appImage : executable];
}
