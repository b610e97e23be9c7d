export interface Mount {
  readonly device: string;
  /** `8:1`; the name below /sys/dev/block. */
  readonly number: string;
  readonly mountPoint: string;
  readonly filesystem: string;
  readonly readOnly: boolean;
}

/** Lines of /proc/self/mountinfo, see proc_pid_mountinfo(5). Lines of another form are left out. */
export function parseMountinfo(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const [left, right] = line.split(' - ');
    const fields = left?.split(' ') ?? [];
    const [filesystem, device] = right?.split(' ') ?? [];
    const [, , number, , mountPoint, flags] = fields;
    if (!filesystem || !device || !number || !mountPoint || !flags) return [];
    return [
      {
        device: unescapeOctal(device),
        number,
        mountPoint: unescapeOctal(mountPoint),
        filesystem,
        readOnly: flags.split(',').includes('ro'),
      },
    ];
  });
}

/** Space, tab, newline and backslash are written as three octal digits. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
