const slash = 0x2f;

/** `/` + `a` -> `/a`; `` + `a` -> `a`; `a` + `b` -> `a/b`. */
export function joinPath(parent: Buffer, name: Buffer): Buffer {
  if (parent.length === 0) return name;
  const glue = parent[parent.length - 1] === slash ? parent : Buffer.concat([parent, Buffer.of(slash)]);
  return Buffer.concat([glue, name]);
}

/** Path of `path` below `directory`; empty when they are the same; null when it is not below. Both absolute, normal. */
export function relativePath(directory: Buffer, path: Buffer): Buffer | null {
  if (path.equals(directory)) return Buffer.alloc(0);
  const prefix = directory.length === 1 ? directory : Buffer.concat([directory, Buffer.of(slash)]);
  return path.subarray(0, prefix.length).equals(prefix) ? path.subarray(prefix.length) : null;
}

/** Directory part and last name of a relative path. */
export function splitLast(path: Buffer): { readonly parent: Buffer; readonly name: Buffer } {
  const at = path.lastIndexOf(slash);
  return at < 0
    ? { parent: Buffer.alloc(0), name: path }
    : { parent: path.subarray(0, at), name: path.subarray(at + 1) };
}

/** Without `.`, empty parts and a trailing slash. `..` is left for the caller to refuse or resolve. */
export function normalPath(path: string): Buffer {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  return Buffer.from(`/${parts.join('/')}`);
}

export function pathParts(path: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  let from = 0;
  while (from <= path.length) {
    const at = path.indexOf(slash, from);
    const end = at < 0 ? path.length : at;
    if (end > from) parts.push(path.subarray(from, end));
    from = end + 1;
  }
  return parts;
}

/** A key for maps: one character a byte. */
export function pathKey(path: Buffer): string {
  return path.toString('latin1');
}
