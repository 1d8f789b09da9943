/**
 * How the code around a function treats a field: whether those who use the pointer in it test it first, and who
 * sets it to NULL. What the neighbours do is the only sign, without running anything, that a field can be NULL.
 */
import type { Effects } from '../../effects/effects.ts';
import { type FieldUse, fieldUses, isOfFile } from '../../effects/field-uses.ts';
import { folderOf } from '../../index/folder.ts';

/** Files beside one that are asked about a field. */
const MAX_SIBLINGS = 60;

export class FieldEvidence {
  readonly #effects: Effects;
  readonly #files = new Map<string, ReadonlyMap<string, readonly FieldUse[]>>();
  readonly #folders = new Map<string, readonly string[]>();
  readonly #around = new Map<string, readonly FieldUse[]>();

  constructor(effects: Effects) {
    this.#effects = effects;
  }

  /** What the functions of a file do with a field. */
  ofFile(path: string, key: string): readonly FieldUse[] {
    let uses = this.#files.get(path);
    if (uses === undefined) {
      uses = this.#scan(path);
      this.#files.set(path, uses);
    }
    return uses.get(key) ?? [];
  }

  /** What the functions of the other files of its folder do with a field. */
  besides(path: string, key: string): readonly FieldUse[] {
    const folder = folderOf(path);
    const asked = `${path} ${key}`;
    let uses = isOfFile(key) ? [] : this.#around.get(asked);
    if (uses === undefined) {
      let files = this.#folders.get(folder);
      if (files === undefined) {
        files = this.#effects.program.siblings(path).filter((other) => /\.[ch]$/.test(other));
        this.#folders.set(folder, files);
      }
      const name = key.slice(key.lastIndexOf('.') + 1).replace('[]', '');
      uses = files
        .filter((other) => other !== path && this.#effects.program.usesName(other, name))
        .slice(0, MAX_SIBLINGS)
        .flatMap((other) => this.ofFile(other, key));
      this.#around.set(asked, uses);
    }
    return uses;
  }

  #scan(path: string): Map<string, FieldUse[]> {
    const uses = new Map<string, FieldUse[]>();
    for (const fact of this.#effects.program.facts(path)?.functions ?? []) {
      for (const [key, use] of fieldUses(this.#effects, fact, path)) {
        const list = uses.get(key);
        if (list === undefined) uses.set(key, [use]);
        else list.push(use);
      }
    }
    return uses;
  }
}
