/** Bytes of a file to what the index stores of it. Everything that facts depend on is imported from here. */
import { Parser, parse } from '../c/parse.ts';
import { Encoder } from './encode.ts';
import { Extractor } from './extract.ts';
import { LinkRecorder } from './link-record.ts';
import type { StoredFacts } from './stored-facts.ts';

export interface Analysis {
  /** For decodeFacts(). */
  readonly facts: Uint8Array;
  /** For LinkRecord. */
  readonly link: Uint8Array;
}

const NOTHING = new Uint8Array(0);

/** Analyses file after file; keeps its buffers between them. One per thread. */
export class Analyser {
  #parser = new Parser();
  #recorder = new LinkRecorder();
  #extractor = new Extractor(this.#recorder);
  readonly #encoder = new Encoder();

  /** Never throws: a fault of ours costs the file at hand, and is an error in its facts. */
  analyse(bytes: Uint8Array): Analysis {
    try {
      return this.#analyse(bytes);
    } catch (error) {
      // Whatever state the file has left behind is not trusted with the next one.
      this.#parser = new Parser();
      this.#recorder = new LinkRecorder();
      this.#extractor = new Extractor(this.#recorder);
      const reason = `the analyser failed on this file: ${error instanceof Error ? error.message : error}`;
      const { facts, link } = this.#analyse(NOTHING, { line: 1, function: '', reason });
      return { facts, link };
    }
  }

  #analyse(bytes: Uint8Array, fault?: StoredFacts['errors'][number]): Analysis {
    this.#recorder.start();
    const extracted = this.#extractor.extract(parse(bytes, this.#parser));
    const facts = fault === undefined ? extracted : { ...extracted, errors: [fault] };
    return { facts: this.#encoder.encode(facts), link: this.#recorder.finish(facts) };
  }
}
