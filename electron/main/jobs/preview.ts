/** Most bytes of a text that a preview shows, and of a picture that it shows whole. */
export const longestText = 256 * 1024;
export const largestPicture = 4 * 1024 * 1024;

export interface Preview {
  readonly text: string | null;
  readonly dataUrl: string | null;
  readonly size: number;
  readonly truncated: boolean;
}

const pictures: readonly (readonly [type: string, magic: readonly (number | null)[]])[] = [
  ['image/png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['image/gif', [0x47, 0x49, 0x46, 0x38]],
  ['image/webp', [0x52, 0x49, 0x46, 0x46, null, null, null, null, 0x57, 0x45, 0x42, 0x50]],
  ['image/bmp', [0x42, 0x4d]],
];

/** Told by its content, not by its name. SVG is text: it is shown as what it says, not as what it draws. */
export function pictureType(bytes: Uint8Array): string | undefined {
  return pictures.find(([, magic]) => magic.every((byte, at) => byte === null || byte === bytes[at]))?.[0];
}

/** How many bytes a preview wants, after a look at the first ones. */
export function wantedBytes(beginning: Uint8Array, size: number): number {
  return pictureType(beginning) && size <= largestPicture ? size : longestText;
}

/** Neither text nor picture where it is neither, or a picture that is too large. */
export function previewOf(bytes: Uint8Array, size: number): Preview {
  const type = pictureType(bytes);
  if (type !== undefined) {
    const isWhole = bytes.length === size;
    const dataUrl = isWhole ? `data:${type};base64,${Buffer.from(bytes).toString('base64')}` : null;
    return { text: null, dataUrl, size, truncated: !isWhole };
  }
  const shown = bytes.subarray(0, longestText);
  return { text: decodeText(shown, size > shown.length), dataUrl: null, size, truncated: size > shown.length };
}

function decodeText(bytes: Uint8Array, isCut: boolean): string | null {
  if (bytes.includes(0)) return null;
  try {
    // A cut may go through a character; what is left of it at the end is not an error then.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: isCut });
  } catch {
    return null;
  }
}
