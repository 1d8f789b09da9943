/**
 * A map that forgets what was not asked for lately, so that it holds little more than `most` (by weight): two
 * generations, of which the older is dropped when the younger has half the weight. What is asked for moves
 * to the younger.
 */
export class BoundedMap<K, V> {
  readonly #most: number;
  readonly #weigh: (value: V) => number;
  #young = new Map<K, V>();
  #old = new Map<K, V>();
  #weight = 0;

  constructor(most: number, weigh: (value: V) => number = () => 1) {
    this.#most = most;
    this.#weigh = weigh;
  }

  /** The value of a key, made where it is not there. */
  get(key: K, make: () => V): V {
    return this.find(key) ?? this.set(key, make());
  }

  /** The value of a key; undefined where it is not there. */
  find(key: K): V | undefined {
    const known = this.#young.get(key);
    if (known !== undefined) return known;
    const old = this.#old.get(key);
    return old === undefined ? undefined : this.set(key, old);
  }

  /** Puts a value; returns it. */
  set(key: K, value: V): V {
    this.#weight += this.#weigh(value);
    if (this.#weight > this.#most / 2) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#weight = this.#weigh(value);
    }
    this.#young.set(key, value);
    return value;
  }
}
