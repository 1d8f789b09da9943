/** Kinds of tokens and of the bytes that they are made of, as tables. Data only. */
export const Token = {
  End: 0, // end of the file, of a fragment or of a directive
  Identifier: 1,
  Number: 2,
  String: 3,
  Char: 4,

  // Punctuation
  OpenParen: 5,
  CloseParen: 6,
  OpenBracket: 7,
  CloseBracket: 8,
  OpenBrace: 9,
  CloseBrace: 10,
  Semicolon: 11,
  Comma: 12,
  Colon: 13,
  Question: 14,
  Dot: 15,
  Arrow: 16,
  Ellipsis: 17,
  Increment: 18,
  Decrement: 19,
  Tilde: 20,
  Bang: 21,
  Plus: 22,
  Minus: 23,
  Star: 24,
  Slash: 25,
  Percent: 26,
  ShiftLeft: 27,
  ShiftRight: 28,
  Ampersand: 29,
  Pipe: 30,
  Caret: 31,
  AndAnd: 32,
  OrOr: 33,
  Equal: 34,
  NotEqual: 35,
  Less: 36,
  Greater: 37,
  LessEqual: 38,
  GreaterEqual: 39,
  Assign: 40,
  AddAssign: 41,
  SubtractAssign: 42,
  MultiplyAssign: 43,
  DivideAssign: 44,
  ModuloAssign: 45,
  ShiftLeftAssign: 46,
  ShiftRightAssign: 47,
  AndAssign: 48,
  OrAssign: 49,
  XorAssign: 50,
  Hash: 51, // # in a macro body
  HashHash: 52,
  Unknown: 53, // a byte that C does not know: \ ` @ $ and control characters

  // Conditionals around whole statements; their name is the number of the directive
  HashIf: 56,
  HashElif: 57,
  HashElse: 58,
  HashEndif: 59,

  // Keywords that begin or belong to a type
  TypeWord: 64, // void, int, unsigned, ...
  Struct: 65,
  Union: 66,
  Enum: 67,
  Typeof: 68,
  Qualifier: 69, // const, volatile, restrict
  Static: 70,
  Extern: 71,
  Inline: 72,
  Register: 73, // register, auto, _Thread_local
  Typedef: 74,
  Attribute: 75, // __attribute__, _Alignas, __declspec
  Extension: 76,
  AutoType: 77,
  NoReturn: 78,

  // Other keywords
  If: 84,
  Else: 85,
  While: 86,
  Do: 87,
  For: 88,
  Switch: 89,
  Case: 90,
  Default: 91,
  Goto: 92,
  Break: 93,
  Continue: 94,
  Return: 95,
  Asm: 96,
  StaticAssert: 97,
  LabelDeclaration: 98, // __label__
  Sizeof: 99, // sizeof, _Alignof
  Offsetof: 100,
  Generic: 101,
} as const;

/** A conditional token that was resolved and is taken out of the stream. */
export const REMOVED = 255;

/** Text of each token that has only one. */
export const OPERATOR_TEXTS: ReadonlyMap<number, string> = new Map(
  '( ) [ ] { } ; , : ? . -> ... ++ -- ~ ! + - * / % << >> & | ^ && || == != < > <= >= = += -= *= /= %= <<= >>= &= |= ^= # ##'
    .split(' ')
    .map((text, i) => [Token.OpenParen + i, text] as const),
);

/** Keywords in the order in which they are interned: number 1 is the first. */
export const KEYWORDS: readonly (readonly [string, number])[] = [
  ['void', Token.TypeWord],
  ['char', Token.TypeWord],
  ['short', Token.TypeWord],
  ['int', Token.TypeWord],
  ['long', Token.TypeWord],
  ['float', Token.TypeWord],
  ['double', Token.TypeWord],
  ['signed', Token.TypeWord],
  ['__signed__', Token.TypeWord],
  ['unsigned', Token.TypeWord],
  ['_Bool', Token.TypeWord],
  ['bool', Token.TypeWord],
  ['__int128', Token.TypeWord],
  ['_Complex', Token.TypeWord],
  ['struct', Token.Struct],
  ['union', Token.Union],
  ['enum', Token.Enum],
  ['typeof', Token.Typeof],
  ['__typeof__', Token.Typeof],
  ['__typeof', Token.Typeof],
  ['typeof_unqual', Token.Typeof],
  ['__typeof_unqual__', Token.Typeof],
  ['const', Token.Qualifier],
  ['__const', Token.Qualifier],
  ['__const__', Token.Qualifier],
  ['volatile', Token.Qualifier],
  ['__volatile', Token.Qualifier],
  ['__volatile__', Token.Qualifier],
  ['restrict', Token.Qualifier],
  ['__restrict', Token.Qualifier],
  ['__restrict__', Token.Qualifier],
  ['_Atomic', Token.Qualifier],
  ['static', Token.Static],
  ['extern', Token.Extern],
  ['inline', Token.Inline],
  ['__inline', Token.Inline],
  ['__inline__', Token.Inline],
  ['__always_inline', Token.Inline],
  ['register', Token.Register],
  ['auto', Token.Register],
  ['_Thread_local', Token.Register],
  ['__thread', Token.Register],
  ['typedef', Token.Typedef],
  ['__attribute__', Token.Attribute],
  ['__attribute', Token.Attribute],
  ['_Alignas', Token.Attribute],
  ['__extension__', Token.Extension],
  ['__auto_type', Token.AutoType],
  ['_Noreturn', Token.NoReturn],
  ['if', Token.If],
  ['else', Token.Else],
  ['while', Token.While],
  ['do', Token.Do],
  ['for', Token.For],
  ['switch', Token.Switch],
  ['case', Token.Case],
  ['default', Token.Default],
  ['goto', Token.Goto],
  ['break', Token.Break],
  ['continue', Token.Continue],
  ['return', Token.Return],
  ['asm', Token.Asm],
  ['__asm__', Token.Asm],
  ['__asm', Token.Asm],
  ['asm_volatile_goto', Token.Asm],
  ['asm_goto_output', Token.Asm],
  ['asm_inline', Token.Asm],
  ['_Static_assert', Token.StaticAssert],
  ['static_assert', Token.StaticAssert],
  ['__label__', Token.LabelDeclaration],
  ['sizeof', Token.Sizeof],
  ['__alignof__', Token.Sizeof],
  ['__alignof', Token.Sizeof],
  ['_Alignof', Token.Sizeof],
  ['alignof', Token.Sizeof],
  ['offsetof', Token.Offsetof],
  ['__builtin_offsetof', Token.Offsetof],
  ['_Generic', Token.Generic],
];

/** True for tokens with which only a declaration or a type can begin (identifiers apart). */
export const isTypeStart = (kind: number): boolean => kind >= Token.TypeWord && kind <= Token.NoReturn;

/** Classes of bytes. */
export const ByteClass = { Other: 0, Space: 1, Newline: 2, Word: 3, Digit: 4 } as const;

const classes = new Uint8Array(256);
for (const byte of [9, 11, 12, 13, 32]) classes[byte] = ByteClass.Space;
classes[10] = ByteClass.Newline;
for (let byte = 0; byte < 256; byte++) {
  const isLetter = (byte >= 65 && byte <= 90) || (byte >= 97 && byte <= 122);
  if (isLetter || byte === 95 || byte === 36 || byte >= 128) classes[byte] = ByteClass.Word;
  if (byte >= 48 && byte <= 57) classes[byte] = ByteClass.Digit;
}

/** Class of each byte. Bytes of UTF-8 sequences count as letters. */
export const BYTE_CLASS: Uint8Array = classes;
