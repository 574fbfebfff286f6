/** Bytes that have come and have not been taken yet, without copying more than what is asked for in one piece. */
export class ByteQueue {
  private parts: Buffer[] = [];
  private first = 0; // of the parts still there
  size = 0;

  push(part: Buffer): void {
    if (part.length === 0) return;
    this.parts.push(part);
    this.size += part.length;
  }

  /** Takes the first n bytes out. */
  take(n: number): Buffer {
    const only = this.parts[0];
    if (this.parts.length === 1 && n === only.length) {
      this.parts.pop();
      this.size = 0;
      return only;
    }
    const taken: Buffer[] = [];
    this.size -= n;
    while (n > 0) {
      const part = this.parts[this.first];
      if (part.length > n) {
        taken.push(part.subarray(0, n));
        this.parts[this.first] = part.subarray(n);
        break;
      }
      taken.push(part);
      n -= part.length;
      this.first++;
    }
    // Not one by one: shifting a long array moves all of it.
    if (this.first > 32 && this.first * 2 > this.parts.length) {
      this.parts = this.parts.slice(this.first);
      this.first = 0;
    } else if (this.size === 0) {
      this.parts.length = this.first = 0;
    }
    return taken.length === 1 ? taken[0] : Buffer.concat(taken);
  }

  /** Puts bytes back that were taken. */
  unread(part: Buffer): void {
    if (part.length === 0) return;
    if (this.first > 0) this.parts[--this.first] = part;
    else this.parts.unshift(part);
    this.size += part.length;
  }

  /** Where the byte stands for the first time, at `from` or after it; -1 if it does not. */
  indexOf(byte: number, from: number): number {
    let before = 0;
    for (let i = this.first; i < this.parts.length; i++) {
      const part = this.parts[i];
      if (from < before + part.length) {
        const found = part.indexOf(byte, Math.max(0, from - before));
        if (found >= 0) return before + found;
      }
      before += part.length;
    }
    return -1;
  }
}
