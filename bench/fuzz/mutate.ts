/** Makes inputs that are nearly right: whole ones with a few wounds get further into a parser than noise does. */

const EDGES = [
  0x00, 0x0a, 0x0d, 0x09, 0x20, 0x22, 0x27, 0x28, 0x29, 0x5c, 0x7b, 0x7d, 0x7f, 0x80, 0xc0, 0xff,
];
/** Bytes of a mutated input at most. */
const LONGEST = 64 * 1024;

/**
 * One input, made of the seeds.
 * @param words what the input's grammar is made of
 */
export function mutate(seeds: readonly Buffer[], words: readonly string[], random: () => number): Buffer {
  const below = (count: number) => Math.floor(random() * count);
  const pick = <T>(from: readonly T[]) => from[below(from.length)] as T;
  let bytes = Buffer.from(pick(seeds));
  for (let wounds = 1 + below(6); wounds > 0; wounds--) {
    const at = below(bytes.length + 1);
    const to = Math.min(bytes.length, at + below(random() < 0.5 ? 8 : 400));
    const part = bytes.subarray(at, to);
    switch (below(7)) {
      case 0:
        bytes = splice(bytes, at, at + 1, Buffer.from([random() < 0.5 ? pick(EDGES) : below(256)]));
        break;
      case 1:
        bytes = splice(bytes, at, to, Buffer.alloc(0));
        break;
      case 2:
        bytes = splice(bytes, at, at, Buffer.from(pick(words)));
        break;
      case 3:
        // A bracket ten thousand times is what breaks a recursive reader.
        bytes = splice(
          bytes,
          at,
          at,
          repeat(Buffer.from(pick(words)), 1 + below(random() < 0.1 ? 10_000 : 20)),
        );
        break;
      case 4:
        bytes = splice(bytes, at, at, repeat(part, 1 + below(20)));
        break;
      case 5: {
        const other = pick(seeds);
        const from = below(other.length);
        bytes = splice(bytes, at, to, other.subarray(from, from + below(400)));
        break;
      }
      default:
        bytes = splice(bytes, below(bytes.length + 1), 0, part);
    }
    if (bytes.length > LONGEST) bytes = bytes.subarray(0, LONGEST);
  }
  return bytes;
}

function splice(bytes: Buffer, from: number, to: number, part: Buffer): Buffer<ArrayBuffer> {
  return Buffer.concat([bytes.subarray(0, from), part, bytes.subarray(Math.max(from, to))]);
}

function repeat(part: Buffer, times: number): Buffer {
  return Buffer.concat(Array.from({ length: times }, () => part));
}
