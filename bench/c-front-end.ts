/**
 * Measures the front end on a tree: `node bench/c-front-end.ts DIRECTORY [--errors N]`. Prints the rate of
 * lexing alone and of lexing and parsing, the functions found, and what could not be parsed.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Kind } from '../src/c/ast.ts';
import { Lexer } from '../src/c/lexer.ts';
import { Parser, parse } from '../src/c/parse.ts';

const directory = process.argv[2];
if (directory === undefined) {
  console.error('usage: node bench/c-front-end.ts DIRECTORY [--list FILE-PREFIX]');
  process.exit(2);
}
const showsAll = process.argv.includes('--all');

const files: string[] = [];
const walk = (path: string): void => {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.name === '.git') continue;
    const inner = join(path, entry.name);
    if (entry.isDirectory()) walk(inner);
    else if (entry.isFile() && /\.[ch]$/.test(entry.name)) files.push(inner);
  }
};
walk(directory);

/** CPU seconds of this thread's work, not of what else the machine does. */
const seconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

const BATCH = 2000;
const parser = new Parser();
const lexOnly = new Parser();
const lexer = new Lexer(lexOnly.tokens, lexOnly.interner);
let bytes = 0;
let tokens = 0;
let nodes = 0;
let lexing = 0;
let parsing = 0;
let functions = 0;
let lost = 0;
let errorFiles = 0;
const classes = new Map<string, { count: number; inFunctions: number; examples: string[] }>();
const slow: { path: string; rate: number; bytes: number }[] = [];

for (let at = 0; at < files.length; at += BATCH) {
  const batch = files.slice(at, at + BATCH).map((path) => ({ path, content: readFileSync(path) }));
  for (const { content } of batch) bytes += content.length;
  let from = seconds();
  for (const { content } of batch) {
    lexOnly.interner.startFile();
    lexOnly.tokens.load(content);
    lexer.lexFile();
    tokens += lexOnly.tokens.count;
  }
  lexing += seconds() - from;
  from = seconds();
  for (const { path, content } of batch) {
    const start = performance.now();
    const file = parse(content, parser);
    const time = performance.now() - start;
    if (time > 50) slow.push({ path, rate: content.length / 1e3 / time, bytes: content.length });
    nodes += file.count;
    for (let node = file.root; node !== 0; node = file.next[node] as number) {
      if (file.kind[node] !== Kind.Function) continue;
      functions++;
      if (file.b[node] === 0) lost++;
    }
    if (file.errors.length > 0) errorFiles++;
    for (const { reason, line, column, function: name } of file.errors) {
      let known = classes.get(reason);
      if (known === undefined) {
        known = { count: 0, inFunctions: 0, examples: [] };
        classes.set(reason, known);
      }
      known.count++;
      if (name !== '') known.inFunctions++;
      if (known.examples.length < (showsAll ? 1e9 : 6))
        known.examples.push(`${path}:${line}:${column} ${name}`);
    }
  }
  parsing += seconds() - from;
}

const rate = (time: number): string =>
  `${(bytes / 1e6 / time).toFixed(1)} MB/s, ${time.toFixed(1)} core-seconds`;
console.log(`files      ${files.length}, ${(bytes / 1e6).toFixed(1)} MB, ${tokens} tokens, ${nodes} nodes`);
console.log(`lex        ${rate(lexing)}`);
console.log(`lex+parse  ${rate(parsing)}`);
console.log(
  `functions  ${functions}, parsed without error ${(100 - (100 * lost) / functions).toFixed(3)} % (${lost} lost)`,
);
console.log(`files with errors ${errorFiles}`);
for (const [reason, { count, inFunctions, examples }] of [...classes].sort(
  (x, y) => y[1].count - x[1].count,
)) {
  console.log(`  ${count} (${inFunctions} in functions)  ${reason}`);
  for (const example of examples) console.log(`      ${example}`);
}
for (const { path, rate: r, bytes: size } of slow.sort((x, y) => x.rate - y.rate).slice(0, 5)) {
  console.log(`slowest: ${path} ${r.toFixed(1)} MB/s of ${size} bytes`);
}
