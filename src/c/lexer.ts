/**
 * Bytes -> tokens. Directives are taken out of the stream as they come: what they say goes to the list of
 * directives, and only #if, #elif, #else and #endif leave a token.
 */
import { HASH_SEED, type Interner } from './interner.ts';
import { BYTE_CLASS, ByteClass, Token } from './token.ts';
import { Directive, type Tokens } from './tokens.ts';

const NEWLINE = 10;
const QUOTE = 34;
const HASH = 35;
const APOSTROPHE = 39;
const STAR = 42;
const SLASH = 47;
const BACKSLASH = 92;
const MAX_LINE = 0x1fffff;
const MAX_COLUMN = 0x3ff;

/** More tokens than this are not read: no file of code comes near it. */
const TOKEN_LIMIT = 1 << 24;

/** In a file larger than this, constants are counted as nothing: see DefineFlag.Constant. */
const CONSTANTS_UP_TO = 512 * 1024;

/** One byte that stands for itself -> its token. */
const SINGLE = new Uint8Array(256).fill(Token.Unknown);
for (const [text, kind] of [
  ['(', Token.OpenParen],
  [')', Token.CloseParen],
  ['[', Token.OpenBracket],
  [']', Token.CloseBracket],
  ['{', Token.OpenBrace],
  ['}', Token.CloseBrace],
  [';', Token.Semicolon],
  [',', Token.Comma],
  [':', Token.Colon],
  ['?', Token.Question],
  ['~', Token.Tilde],
] as const) {
  SINGLE[text.charCodeAt(0)] = kind;
}

/** Byte of an operator that may be followed by `=` -> [alone, with =]. */
const WITH_ASSIGN = new Uint8Array(512);
for (const [text, alone, assign] of [
  ['+', Token.Plus, Token.AddAssign],
  ['-', Token.Minus, Token.SubtractAssign],
  ['*', Token.Star, Token.MultiplyAssign],
  ['/', Token.Slash, Token.DivideAssign],
  ['%', Token.Percent, Token.ModuloAssign],
  ['&', Token.Ampersand, Token.AndAssign],
  ['|', Token.Pipe, Token.OrAssign],
  ['^', Token.Caret, Token.XorAssign],
  ['!', Token.Bang, Token.NotEqual],
  ['=', Token.Assign, Token.Equal],
  ['<', Token.Less, Token.LessEqual],
  ['>', Token.Greater, Token.GreaterEqual],
] as const) {
  WITH_ASSIGN[2 * text.charCodeAt(0)] = alone;
  WITH_ASSIGN[2 * text.charCodeAt(0) + 1] = assign;
}

export class Lexer {
  readonly #tokens: Tokens;
  readonly #interner: Interner;
  // Where the line that is being read begins; set by the functions that skip over lines.
  #line = 1;
  #lineStart = 0;

  constructor(tokens: Tokens, interner: Interner) {
    this.#tokens = tokens;
    this.#interner = interner;
  }

  /** Reads the whole file that `tokens` has loaded, and ends it with an End token. */
  lexFile(): void {
    this.#line = 1;
    this.#lineStart = 0;
    const { source, size } = this.#tokens;
    const start = size >= 3 && source[0] === 0xef && source[1] === 0xbb && source[2] === 0xbf ? 3 : 0;
    this.#lex(start, size, false);
  }

  /** Appends the tokens of what a directive says (a macro's body, a condition), ended by an End token. */
  lexDirective(start: number, end: number, line: number, lineStart: number): void {
    this.#line = line;
    this.#lineStart = lineStart;
    this.#lex(start, end, true);
  }

  #lex(from: number, end: number, inDirective: boolean): void {
    const tokens = this.#tokens;
    const interner = this.#interner;
    const bytes = tokens.source;
    let { kind, name, start, position } = tokens;
    let tokenKinds = interner.tokenKinds;
    let capacity = kind.length - 2;
    let n = tokens.count;
    let line = this.#line;
    let lineStart = this.#lineStart;
    let i = from;
    while (i < end) {
      const byte = bytes[i] as number;
      const byteClass = BYTE_CLASS[byte] as number;
      if (byteClass === ByteClass.Space) {
        i++;
        continue;
      }
      if (byteClass === ByteClass.Newline) {
        i++;
        line++;
        lineStart = i;
        continue;
      }
      if (n >= capacity) {
        if (n >= TOKEN_LIMIT) break;
        tokens.grow();
        kind = tokens.kind;
        name = tokens.name;
        start = tokens.start;
        position = tokens.position;
        capacity = kind.length - 2;
      }
      start[n] = i;
      position[n] =
        ((line < MAX_LINE ? line : MAX_LINE) << 10) |
        (i - lineStart < MAX_COLUMN ? i - lineStart + 1 : MAX_COLUMN);

      if (byteClass === ByteClass.Word) {
        let hash = (Math.imul(HASH_SEED, 31) + byte) | 0;
        let at = i + 1;
        let next = bytes[at] as number;
        while ((BYTE_CLASS[next] as number) >= ByteClass.Word) {
          hash = (Math.imul(hash, 31) + next) | 0;
          next = bytes[++at] as number;
        }
        if (at > end) at = end;
        if (
          (next === QUOTE || next === APOSTROPHE) &&
          at === i + 1 &&
          at < end &&
          (byte === 76 || (byte | 32) === 117)
        ) {
          i = at; // the prefix of L"x", u"x", U'x'
          continue;
        }
        const id = interner.intern(bytes, i, at, hash);
        tokenKinds = interner.tokenKinds;
        kind[n] = tokenKinds[id] as number;
        name[n++] = id;
        i = at;
        continue;
      }
      if (byteClass === ByteClass.Digit) {
        i = this.#number(i, end, n++);
        continue;
      }

      switch (byte) {
        case QUOTE:
        case APOSTROPHE: {
          // A literal ends with its line, whatever it says.
          let at = i + 1;
          for (; at < end; at++) {
            const c = bytes[at] as number;
            if (c === byte) {
              at++;
              break;
            }
            if (c === BACKSLASH) {
              at++;
              if (bytes[at] === 13 && bytes[at + 1] === NEWLINE) at++;
              if (bytes[at] === NEWLINE) {
                line++;
                lineStart = at + 1;
              }
            } else if (c === NEWLINE) break;
          }
          if (at > end) at = end;
          if (byte === QUOTE) {
            kind[n] = Token.String;
            name[n++] = 0;
          } else {
            kind[n] = Token.Char;
            name[n++] = this.#internRange(i, at);
          }
          i = at;
          continue;
        }
        case SLASH: {
          const next = bytes[i + 1];
          if (next === STAR) {
            i += 2;
            for (; i < end; i++) {
              const c = bytes[i] as number;
              if (c > STAR) continue;
              if (c === STAR) {
                if (bytes[i + 1] === SLASH) break;
              } else if (c === NEWLINE) {
                line++;
                lineStart = i + 1;
              }
            }
            i += 2;
            continue;
          }
          if (next === SLASH) {
            i += 2;
            while (i < end) {
              const c = bytes[i] as number;
              if (c === NEWLINE) {
                if (!isContinued(bytes, i)) break;
                line++;
                lineStart = i + 1;
              }
              i++;
            }
            continue;
          }
          break;
        }
        case HASH: {
          if (inDirective) {
            if (bytes[i + 1] === HASH) {
              kind[n++] = Token.HashHash;
              i += 2;
            } else {
              kind[n++] = Token.Hash;
              i++;
            }
            continue;
          }
          if (n > 0 && (start[n - 1] as number) >= lineStart) break;
          this.#line = line;
          this.#lineStart = lineStart;
          tokens.count = n;
          i = this.#directive(i + 1, end);
          n = tokens.count;
          line = this.#line;
          lineStart = this.#lineStart;
          continue;
        }
        case 45: // -
          if (bytes[i + 1] === 62) {
            kind[n++] = Token.Arrow;
            i += 2;
            continue;
          }
          if (bytes[i + 1] === 45) {
            kind[n++] = Token.Decrement;
            i += 2;
            continue;
          }
          break;
        case 43: // +
          if (bytes[i + 1] === 43) {
            kind[n++] = Token.Increment;
            i += 2;
            continue;
          }
          break;
        case 46: // .
          if (BYTE_CLASS[bytes[i + 1] as number] === ByteClass.Digit) {
            i = this.#number(i, end, n++);
            continue;
          }
          if (bytes[i + 1] === 46 && bytes[i + 2] === 46) {
            kind[n++] = Token.Ellipsis;
            i += 3;
            continue;
          }
          kind[n++] = Token.Dot;
          i++;
          continue;
        case 38: // &
          if (bytes[i + 1] === 38) {
            kind[n++] = Token.AndAnd;
            i += 2;
            continue;
          }
          break;
        case 124: // |
          if (bytes[i + 1] === 124) {
            kind[n++] = Token.OrOr;
            i += 2;
            continue;
          }
          break;
        case 60: // <
          if (bytes[i + 1] === 60) {
            const assigns = bytes[i + 2] === 61;
            kind[n++] = assigns ? Token.ShiftLeftAssign : Token.ShiftLeft;
            i += assigns ? 3 : 2;
            continue;
          }
          break;
        case 62: // >
          if (bytes[i + 1] === 62) {
            const assigns = bytes[i + 2] === 61;
            kind[n++] = assigns ? Token.ShiftRightAssign : Token.ShiftRight;
            i += assigns ? 3 : 2;
            continue;
          }
          break;
        case BACKSLASH: {
          const skip = bytes[i + 1] === 13 ? 2 : 1;
          if (bytes[i + skip] === NEWLINE) {
            i += skip + 1;
            line++;
            lineStart = i;
            continue;
          }
          break;
        }
        case 0:
          i++;
          continue;
      }
      const alone = WITH_ASSIGN[2 * byte] as number;
      if (alone !== 0) {
        if (bytes[i + 1] === 61) {
          kind[n++] = WITH_ASSIGN[2 * byte + 1] as number;
          i += 2;
        } else {
          kind[n++] = alone;
          i++;
        }
      } else {
        kind[n++] = SINGLE[byte] as number;
        i++;
      }
    }
    kind[n] = Token.End;
    name[n] = 0;
    start[n] = end;
    position[n] =
      ((line < MAX_LINE ? line : MAX_LINE) << 10) | Math.max(1, Math.min(end - lineStart + 1, MAX_COLUMN));
    tokens.count = n + 1;
    this.#line = line;
    this.#lineStart = lineStart;
  }

  /** Reads a number at `i` into token `n`; the offset after it. */
  #number(i: number, end: number, n: number): number {
    const bytes = this.#tokens.source;
    const isHex = bytes[i] === 48 && ((bytes[i + 1] as number) | 32) === 120;
    let hash = HASH_SEED;
    let at = i;
    for (; at < end; at++) {
      const c = bytes[at] as number;
      if ((BYTE_CLASS[c] as number) < ByteClass.Word && c !== 46) {
        const before = (bytes[at - 1] as number) | 32;
        const isExponent = (c === 43 || c === 45) && (isHex ? before === 112 : before === 101);
        if (!isExponent) break;
      } else if (c === 46 && bytes[at + 1] === 46) break; // 0...9
      hash = (Math.imul(hash, 31) + c) | 0;
    }
    this.#tokens.kind[n] = Token.Number;
    this.#tokens.name[n] = this.#interner.intern(bytes, i, at, hash);
    return at;
  }

  #internRange(from: number, to: number): number {
    const bytes = this.#tokens.source;
    let hash = HASH_SEED;
    for (let i = from; i < to; i++) hash = (Math.imul(hash, 31) + (bytes[i] as number)) | 0;
    return this.#interner.intern(bytes, from, to, hash);
  }

  /** Reads a directive whose name begins at or after `i`; the offset of the newline that ends it. */
  #directive(i: number, end: number): number {
    const bytes = this.#tokens.source;
    const { directives } = this.#tokens;
    i = skipBlanks(bytes, i);
    const wordStart = i;
    while ((BYTE_CLASS[bytes[i] as number] as number) >= ByteClass.Word) i++;
    const line = this.#line;
    const lineStart = this.#lineStart;
    const length = i - wordStart;
    const first = bytes[wordStart];
    if (first === 100 && length === 6) return this.#define(skipBlanks(bytes, i), end); // define
    const word = bytes.latin1Slice(wordStart, Math.min(i, wordStart + 12));
    i = skipBlanks(bytes, i);
    const kind = DIRECTIVES.get(word);
    if (kind === undefined) return this.#skipLine(i, end);
    if (kind === Directive.Include) {
      const close = bytes[i] === 60 ? 62 : QUOTE;
      let at = i + 1;
      while (at < end && bytes[at] !== close && bytes[at] !== NEWLINE) at++;
      if (bytes[at] === close) at++;
      directives.add(kind, this.#internRange(i, Math.min(at, end)), i, at, line, lineStart);
      return this.#skipLine(at, end);
    }
    const hasCondition = kind === Directive.If || kind === Directive.Elif;
    const isBare = kind === Directive.Else || kind === Directive.Endif;
    const name = hasCondition || isBare ? 0 : this.#word(i, end);
    const stop = this.#skipLine(i, end);
    const number = directives.add(kind, name, i, stop, line, lineStart);
    if (kind >= Directive.If) this.#conditionalToken(kind, number, wordStart - 1, line, lineStart);
    return stop;
  }

  #conditionalToken(kind: number, directive: number, at: number, line: number, lineStart: number): void {
    const tokens = this.#tokens;
    if (tokens.count + 2 >= tokens.kind.length) tokens.grow();
    const n = tokens.count++;
    tokens.kind[n] =
      kind === Directive.Endif
        ? Token.HashEndif
        : kind === Directive.Else
          ? Token.HashElse
          : kind >= Directive.Elif
            ? Token.HashElif
            : Token.HashIf;
    tokens.name[n] = directive;
    tokens.start[n] = at;
    tokens.position[n] =
      (Math.min(line, MAX_LINE) << 10) | Math.max(1, Math.min(at - lineStart + 1, MAX_COLUMN));
  }

  /** #define: most of the tree's are one number, and end here. */
  #define(i: number, end: number): number {
    const bytes = this.#tokens.source;
    const line = this.#line;
    const lineStart = this.#lineStart;
    const nameStart = i;
    let hash = HASH_SEED;
    let next = bytes[i] as number;
    while ((BYTE_CLASS[next] as number) >= ByteClass.Word) {
      hash = (Math.imul(hash, 31) + next) | 0;
      next = bytes[++i] as number;
    }
    const nameEnd = Math.min(i, end);
    if (nameEnd === nameStart) return this.#skipLine(i, end);
    if (BYTE_CLASS[next] === ByteClass.Space) {
      while (BYTE_CLASS[bytes[i] as number] === ByteClass.Space) i++;
      if (BYTE_CLASS[bytes[i] as number] === ByteClass.Digit) {
        const numberStart = i;
        let numberHash = HASH_SEED;
        next = bytes[i] as number;
        while ((BYTE_CLASS[next] as number) >= ByteClass.Word) {
          numberHash = (Math.imul(numberHash, 31) + next) | 0;
          next = bytes[++i] as number;
        }
        const numberEnd = i;
        while (BYTE_CLASS[bytes[i] as number] === ByteClass.Space) i++;
        if (bytes[i] === SLASH && bytes[i + 1] === STAR) {
          let at = i + 2;
          while (at < end && bytes[at] !== NEWLINE && !(bytes[at] === STAR && bytes[at + 1] === SLASH)) at++;
          if (bytes[at] === STAR) {
            at += 2;
            while (BYTE_CLASS[bytes[at] as number] === ByteClass.Space) at++;
            if (bytes[at] === NEWLINE) i = at;
          }
        }
        if (bytes[i] === NEWLINE || i >= end) {
          if (this.#tokens.size <= CONSTANTS_UP_TO) {
            const name = this.#interner.intern(bytes, nameStart, nameEnd, hash);
            const value = this.#interner.intern(bytes, numberStart, numberEnd, numberHash);
            this.#tokens.directives.add(Directive.Constant, name, nameStart, value, line, lineStart);
          }
          return i;
        }
      }
    }
    const name = this.#interner.intern(bytes, nameStart, nameEnd, hash);
    const stop = this.#skipLine(nameEnd, end);
    this.#tokens.directives.add(Directive.Define, name, nameEnd, stop, line, lineStart);
    return stop;
  }

  #word(i: number, end: number): number {
    const bytes = this.#tokens.source;
    let at = i;
    while (at < end && (BYTE_CLASS[bytes[at] as number] as number) >= ByteClass.Word) at++;
    return this.#internRange(i, at);
  }

  /** The offset of the newline that ends the directive at `i`, past continuations and comments. */
  #skipLine(i: number, end: number): number {
    const bytes = this.#tokens.source;
    while (i < end) {
      const c = bytes[i] as number;
      if (c === NEWLINE) {
        if (!isContinued(bytes, i)) return i;
        this.#line++;
        this.#lineStart = i + 1;
      } else if (c === SLASH) {
        if (bytes[i + 1] === STAR) {
          i += 2;
          while (i < end && !(bytes[i] === STAR && bytes[i + 1] === SLASH)) {
            if (bytes[i] === NEWLINE) {
              this.#line++;
              this.#lineStart = i + 1;
            }
            i++;
          }
          i++;
        } else if (bytes[i + 1] === SLASH) {
          while (i < end && !(bytes[i] === NEWLINE && !isContinued(bytes, i))) {
            if (bytes[i] === NEWLINE) {
              this.#line++;
              this.#lineStart = i + 1;
            }
            i++;
          }
          return Math.min(i, end);
        }
      } else if (c === QUOTE || c === APOSTROPHE) {
        let at = i + 1;
        while (at < end && bytes[at] !== c && bytes[at] !== NEWLINE)
          at += bytes[at] === BACKSLASH && bytes[at + 1] !== NEWLINE && bytes[at + 1] !== 13 ? 2 : 1;
        i = bytes[at] === c ? at : at - 1;
      }
      i++;
    }
    return end;
  }
}

const DIRECTIVES: ReadonlyMap<string, number> = new Map([
  ['include', Directive.Include],
  ['undef', Directive.Undef],
  ['if', Directive.If],
  ['ifdef', Directive.Ifdef],
  ['ifndef', Directive.Ifndef],
  ['elif', Directive.Elif],
  ['elifdef', Directive.Elifdef],
  ['elifndef', Directive.Elifndef],
  ['else', Directive.Else],
  ['endif', Directive.Endif],
]);

const skipBlanks = (bytes: Uint8Array, i: number): number => {
  while (bytes[i] === 32 || bytes[i] === 9) i++;
  return i;
};

/** Whether the newline at `i` follows a backslash. */
const isContinued = (bytes: Uint8Array, i: number): boolean =>
  bytes[i - 1] === BACKSLASH || (bytes[i - 1] === 13 && bytes[i - 2] === BACKSLASH);
