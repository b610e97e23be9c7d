import type { FileOps } from '../../system/file-ops.ts';
import { targetChanged } from '../errors.ts';
import { splitPath } from '../target/target-tree.ts';
import { pathOf } from './anchor.ts';

export interface Way {
  /** Where the path leads in the end. */
  readonly place: Buffer;
  /** In the order they are met. */
  readonly links: readonly Link[];
}

export interface Link {
  readonly path: Buffer;
  /** It and every folder above it are root's, and nobody else can put something else there. */
  readonly isRootsAlone: boolean;
}

interface Step {
  readonly name: Buffer;
  readonly isRootsAlone: boolean;
  /** Nobody but root can exchange what is root's in it: others cannot write there, or only to what is theirs (/tmp). */
  readonly isShut: boolean;
}

/** As many as the kernel follows. Source: path_resolution(7). */
const mostLinks = 40;
const linkType = 0o120000n;
const typeMask = 0o170000n;
const sticky = 0o1000n;
/** Of an access list that lets somebody else write, too: its mask stands in the bits of the group. Source: acl(5). */
const othersWrite = 0o022n;

/** Follows a path that is there, one name at a time. Errors are those of lstat and readlink; `target-changed` for a loop. */
export function linksOnTheWay(ops: FileOps, path: Buffer): Way {
  const links: Link[] = [];
  const ahead = splitPath(path);
  const top = stepAt(ops, Buffer.from('/'), null).step;
  let way: Step[] = [];
  for (let name = ahead.shift(); name !== undefined; name = ahead.shift()) {
    if (name.equals(here)) continue;
    if (name.equals(above)) {
      way = way.slice(0, -1);
      continue;
    }
    const at = pathOf([...way.map((step) => step.name), name]);
    const { step, isLink } = stepAt(ops, at, { name, parent: way.at(-1) ?? top });
    if (!isLink) {
      way.push(step);
      continue;
    }
    links.push({ path: at, isRootsAlone: step.isRootsAlone });
    if (links.length > mostLinks) throw targetChanged('A link on the way to the folder leads round in a circle.');
    const leadsTo = ops.readlinkSync(at);
    if (leadsTo[0] === slash) way = [];
    ahead.unshift(...splitPath(leadsTo));
  }
  return { place: pathOf(way.map(({ name }) => name)), links };
}

const slash = 0x2f;
const here = Buffer.from('.');
const above = Buffer.from('..');

function stepAt(ops: FileOps, at: Buffer, below: { name: Buffer; parent: Step } | null) {
  const { uid, mode } = ops.lstatSync(at);
  const isAbove = below === null || (below.parent.isRootsAlone && below.parent.isShut);
  const step: Step = {
    name: below?.name ?? Buffer.alloc(0),
    isRootsAlone: uid === 0n && isAbove,
    isShut: (mode & othersWrite) === 0n || (mode & sticky) !== 0n,
  };
  return { step, isLink: (mode & typeMask) === linkType };
}
