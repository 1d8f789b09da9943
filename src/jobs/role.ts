/** Who may do what: asked from GitHub's permission API, since what a payload says of an author is not reliable. */
import type { Who } from './command.ts';
import type { Forge } from './forge.ts';

const ENOUGH: Readonly<Record<Who, readonly string[]>> = {
  reader: ['read', 'write', 'admin'],
  writer: ['write', 'admin'],
};

/** What one person may do in one repository: asked once, and only where it matters. */
export class Role {
  readonly #forge: Forge;
  readonly #login: string;
  readonly #pullAuthor: string | undefined;
  #permission: Promise<string> | undefined;

  /** `pullAuthor` may always ask, where it is known. */
  constructor(forge: Forge, login: string, pullAuthor?: string) {
    this.#forge = forge;
    this.#login = login;
    this.#pullAuthor = pullAuthor;
  }

  async may(who: Who): Promise<boolean> {
    if (who === 'reader' && this.#login === this.#pullAuthor) return true;
    this.#permission ??= this.#forge.permission(this.#login);
    return ENOUGH[who].includes(await this.#permission);
  }
}
