/** What a test of a parameter makes of an effect, where the function is called. */
import { describe, expect, it } from 'vitest';
import { lockEffectsOf } from '../../../src/effects/locks/lock-effects.ts';
import { memoryProgram } from '../../../src/index/memory-program.ts';
import { factsOf } from '../../index/facts-of.ts';

/** Whether a call of `callee` sleeps, as its caller `caller()` knows it: its condition, or 'never'. */
function sleepIn(source: string): unknown {
  const program = memoryProgram(new Map([['x.c', factsOf(source)]]));
  const effects = lockEffectsOf(program);
  const caller = program.functions('caller', 'x.c')[0];
  const flow = caller?.fact.flow;
  if (flow === undefined) throw new Error('no caller');
  const [callee] = effects.callees(flow, 0, 'x.c');
  return callee?.summary.sleeps?.cause.conditional ?? 'never';
}

const CALLEES = `
#define WAIT 1
#define TRACE 2
struct request { int id; unsigned int flags; };
static void by_pointer(struct request *r) { if (r) return; msleep(1); }
static void by_number(int wait) { if (wait) msleep(1); }
static void by_flag(unsigned int flags) { if (flags & WAIT) msleep(1); }
static void without_flag(unsigned int flags) { if (flags & WAIT) return; msleep(1); }
static void by_value(int mode) { if (mode == WAIT) msleep(1); }
static void by_member(struct request *r) { if (r->flags & WAIT) msleep(1); }
static void by_two(int wait, int trace) { if (wait) if (trace) msleep(1); }
static void set_before(int wait) { wait = 1; if (wait) msleep(1); }
`;

const rows: [call: string, expected: unknown][] = [
  ['by_pointer(NULL)', false],
  ['by_pointer(&r)', 'never'],
  ['by_pointer(given)', '!$0'],
  ['by_number(0)', 'never'],
  ['by_number(true)', false],
  ['by_number(n)', '$1'],
  ['by_number(n + 1)', true],
  ['by_flag(WAIT | TRACE)', false],
  ['by_flag(TRACE)', 'never'],
  ['by_flag(n)', '$1&WAIT'],
  ['without_flag(WAIT)', 'never'],
  ['without_flag(TRACE)', false],
  ['by_value(WAIT)', false],
  ['by_value(TRACE)', 'never'],
  ['by_member(&r)', 'never'],
  ['by_member(given)', '$0>.flags&WAIT'],
  ['by_two(1, 1)', true],
  ['set_before(0)', true],
];

describe('a condition on a parameter', () => {
  it.each(rows)('%s', (call, expected) => {
    const source = `${CALLEES}
static void caller(struct request *given, int n) { struct request r = { .id = 1 }; ${call}; }
`;
    expect(sleepIn(source)).toBe(expected);
  });

  it('is that of the member where an initializer gives it', () => {
    expect(
      sleepIn(
        `${CALLEES}\nstatic void caller(void) { struct request r = { .id = 1, .flags = WAIT }; by_member(&r); }`,
      ),
    ).toBe(false);
  });

  it('is not known where the member is set later', () => {
    expect(
      sleepIn(
        `${CALLEES}\nstatic void caller(int n) { struct request r = { .id = 1 }; r.flags = n; by_member(&r); }`,
      ),
    ).toBe(true);
  });

  it('is not known where another function is given the object too', () => {
    expect(
      sleepIn(
        `${CALLEES}\nstatic void caller(void) { struct request r = { .id = 1 }; by_member(&r); fill(&r); }`,
      ),
    ).toBe(true);
  });

  it('is answered through a function that passes on what it is given', () => {
    expect(
      sleepIn(
        `${CALLEES}\nstatic void passes(int n) { if (n) by_number(n); }\nstatic void caller(void) { passes(1); }`,
      ),
    ).toBe(false);
  });
});
