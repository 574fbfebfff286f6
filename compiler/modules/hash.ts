/**
 * A 106-bit hash of a text, as 28 hexadecimal digits. Not cryptographic: it tells one's own files apart, and loading
 * node:crypto would cost more than a tenth of `valk run`'s start-up.
 */
export const hash = (text: string): string => half(text, 0x9e3779b9) + half(text, 0x85ebca6b);

/** cyrb53, by bryc (public domain): two interleaved multiplicative hashes with a murmur-like end. */
const half = (text: string, seed: number): string => {
  let a = 0xdeadbeef ^ seed;
  let b = 0x41c6ce57 ^ seed;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 2654435761);
    b = Math.imul(b ^ unit, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return (b & 0x1fffff).toString(16).padStart(6, "0") + (a >>> 0).toString(16).padStart(8, "0");
};
