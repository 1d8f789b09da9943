/** The findings of one function: of several with one identity the most certain is kept, then the first. */
import type { FunctionRef } from '../index/program.ts';
import {
  type Confidence,
  compareConfidence,
  type Finding,
  type MissingTest,
  type Rewording,
  type Rule,
  type Step,
  type Suggestion,
} from './checker.ts';
import { fingerprint } from './fingerprint.ts';

export interface Candidate {
  readonly rule: Rule;
  readonly confidence: Confidence;
  readonly confidenceInUse?: Confidence;
  readonly line: number;
  readonly column?: number;
  /** What tells this finding from others of the same rule and function: names and texts, never lines. */
  readonly identity: string;
  /** The identity of a defect that is seen from several functions (the holder of a lock, and who sleeps under it). */
  readonly defect?: string;
  readonly message: string;
  readonly explanation: string;
  readonly trace: readonly Step[];
  readonly suggestion?: Suggestion;
  readonly missingTest?: MissingTest;
  readonly reword?: Rewording;
}

export class FunctionFindings {
  readonly #checker: string;
  readonly #ref: FunctionRef;
  readonly #findings = new Map<string, Finding>();
  readonly #isTest: boolean;

  constructor(checker: string, ref: FunctionRef) {
    this.#checker = checker;
    this.#ref = ref;
    this.#isTest = ref.fact.parameters.some(({ type }) => type === 'struct kunit *');
  }

  get all(): readonly Finding[] {
    return [...this.#findings.values()];
  }

  report(candidate: Candidate): void {
    const { rule, identity, defect, ...given } = candidate;
    // What tests the kernel may be careless: that it fails is all that comes of it.
    const rest = this.#isTest ? { ...given, confidence: 'low' as const } : given;
    const key =
      defect === undefined ? fingerprint(rule.id, this.#ref.name, identity) : fingerprint(rule.id, defect);
    const known = this.#findings.get(key);
    if (known !== undefined) {
      const better = compareConfidence(rest.confidence, known.confidence);
      if (better < 0 || (better === 0 && rest.line >= known.line)) return;
    }
    this.#findings.set(key, {
      checker: this.#checker,
      rule: rule.id,
      severity: rule.severity,
      path: this.#ref.path,
      endLine: rest.line,
      function: this.#ref.name,
      fingerprint: key,
      ...(defect === undefined ? {} : { hasSeveralPlaces: true as const }),
      ...rest,
    });
  }
}
