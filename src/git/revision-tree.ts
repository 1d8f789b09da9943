/** The tree of a commit as a SourceTree: read from the objects, without a checkout. */
import { decodeText } from './bytes.ts';
import type { SourceTree } from './change.ts';
import type { ObjectReader } from './objects.ts';
import { isBelow } from './overlay.ts';
import { runGit } from './run.ts';

interface Entry {
  readonly id: string;
  readonly kind: 'tree' | 'file' | 'other';
}

/** The tree with this id. Symbolic links and submodules are left out. `gitDir` and `objects` are of one repository. */
export function revisionTree(gitDir: string, objects: ObjectReader, treeId: string): SourceTree {
  const folders = new Map<string, Promise<ReadonlyMap<string, Entry>>>();
  let all: Promise<ReadonlyMap<string, string>> | undefined;

  const folder = (id: string) => {
    let entries = folders.get(id);
    if (!entries) {
      entries = objects
        .read(id)
        .then((object) => (object?.type === 'tree' ? parseTree(object.bytes, treeId.length / 2) : new Map()));
      folders.set(id, entries);
    }
    return entries;
  };

  const find = async (path: string): Promise<string | undefined> => {
    const parts = path.split('/');
    let id = treeId;
    for (const [index, part] of parts.entries()) {
      const entry = (await folder(id)).get(part);
      const kind = index === parts.length - 1 ? 'file' : 'tree';
      if (entry?.kind !== kind) return undefined;
      id = entry.id;
    }
    return id;
  };

  return {
    id: treeId,
    gitDir,
    list() {
      all ??= listFiles(gitDir, treeId);
      return all;
    },
    async paths(folder) {
      return [...(await this.list()).keys()].filter((path) => isBelow(path, folder));
    },
    async read(paths) {
      const found = await Promise.all(
        paths.map(async (path) => {
          const id = all ? (await all).get(path) : await find(path);
          const object = id === undefined ? undefined : await objects.read(id);
          return [path, object?.type === 'blob' ? object.bytes : undefined] as const;
        }),
      );
      return new Map(found.filter((entry): entry is [string, Buffer] => entry[1] !== undefined));
    },
  };
}

/** Entries of a tree object: `<mode> <name>\0<id as bytes>`, again and again. */
function parseTree(bytes: Buffer, idLength: number): ReadonlyMap<string, Entry> {
  const entries = new Map<string, Entry>();
  let at = 0;
  while (at < bytes.length) {
    const space = bytes.indexOf(32, at);
    const end = bytes.indexOf(0, space);
    if (space < 0 || end < 0) break;
    const id = bytes.toString('hex', end + 1, end + 1 + idLength);
    entries.set(decodeText(bytes.subarray(space + 1, end)), {
      id,
      kind: kindOf(bytes.toString('latin1', at, space)),
    });
    at = end + 1 + idLength;
  }
  return entries;
}

function kindOf(mode: string): Entry['kind'] {
  if (mode === '40000' || mode === '040000') return 'tree';
  return mode.startsWith('100') ? 'file' : 'other';
}

async function listFiles(gitDir: string, treeId: string): Promise<ReadonlyMap<string, string>> {
  const text = decodeText(await runGit(['ls-tree', '-r', '-z', '--full-tree', treeId], { gitDir }));
  const files = new Map<string, string>();
  for (const line of text.split('\0')) {
    const found = /^(\d+) blob ([0-9a-f]+)\t/.exec(line);
    if (found && kindOf(found[1] as string) === 'file')
      files.set(line.slice(found[0].length), found[2] as string);
  }
  return files;
}
