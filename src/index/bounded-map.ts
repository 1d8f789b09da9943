/** A map that forgets what was not asked for lately, so that it never holds more than `most` (by weight). */
export class BoundedMap<K, V> {
  readonly #most: number;
  readonly #weigh: (value: V) => number;
  readonly #map = new Map<K, V>();
  #weight = 0;

  constructor(most: number, weigh: (value: V) => number = () => 1) {
    this.#most = most;
    this.#weigh = weigh;
  }

  /** The value of a key, made where it is not there. */
  get(key: K, make: () => V): V {
    const known = this.#map.get(key);
    if (known !== undefined) {
      // A Map keeps the order of insertion: what is asked for goes to the end.
      if (this.#weight > this.#most / 2) {
        this.#map.delete(key);
        this.#map.set(key, known);
      }
      return known;
    }
    const value = make();
    this.#map.set(key, value);
    this.#weight += this.#weigh(value);
    for (const [oldest, old] of this.#map) {
      if (this.#weight <= this.#most || oldest === key) break;
      this.#map.delete(oldest);
      this.#weight -= this.#weigh(old);
    }
    return value;
  }
}
