/** Numbers per run: its first id, how many ids, and two of the caller's own. */
const STRIDE = 4

/** Deletes the rows with ids from `first` to `last`; gets the caller's numbers of a whole run. */
export type RunVisitor = (
  first: number,
  last: number,
  followerFirst: number,
  followerCount: number,
) => void

/**
 * The ids of one partition, oldest first, as runs of consecutive ids: a batch of a rank costs one
 * entry, and is deleted with one statement.
 */
export class IdRuns {
  #runs = new Float64Array(8 * STRIDE)
  #head = 0
  #tail = 0
  #count = 0

  /** Number of ids. */
  get count(): number {
    return this.#count
  }

  /** Adds an id that is larger than all before; extends the last run where it can. */
  push(id: number): void {
    const last = this.#tail - STRIDE
    if (last >= this.#head && this.#runs[last + 3] === 0) {
      const next = (this.#runs[last] as number) + (this.#runs[last + 1] as number)
      if (next === id) {
        this.#runs[last + 1] = (this.#runs[last + 1] as number) + 1
        this.#count += 1
        return
      }
    }
    this.#append(id, 0, 0)
  }

  /** Adds an id that takes a run of ids of another table with it when it goes. */
  pushWithFollowers(id: number, followerFirst: number, followerCount: number): void {
    this.#append(id, followerFirst, followerCount)
  }

  /** Visits the oldest `count` ids as ranges; nothing changes. */
  visitOldest(count: number, visit: RunVisitor): void {
    let left = Math.min(count, this.#count)
    for (let at = this.#head; left > 0; at += STRIDE) {
      const first = this.#runs[at] as number
      const size = Math.min(left, this.#runs[at + 1] as number)
      visit(first, first + size - 1, this.#runs[at + 2] as number, this.#runs[at + 3] as number)
      left -= size
    }
  }

  /** Forgets the oldest `count` ids; returns the largest of them, or -1 when there is none. */
  dropOldest(count: number): number {
    let left = Math.min(count, this.#count)
    this.#count -= left
    let dropped = -1
    while (left > 0) {
      const at = this.#head
      const size = Math.min(left, this.#runs[at + 1] as number)
      dropped = (this.#runs[at] as number) + size - 1
      left -= size
      if (size === this.#runs[at + 1]) this.#head += STRIDE
      else {
        this.#runs[at] = dropped + 1
        this.#runs[at + 1] = (this.#runs[at + 1] as number) - size
      }
    }
    return dropped
  }

  #append(id: number, followerFirst: number, followerCount: number): void {
    if (this.#tail === this.#runs.length) this.#makeRoom()
    this.#runs[this.#tail] = id
    this.#runs[this.#tail + 1] = 1
    this.#runs[this.#tail + 2] = followerFirst
    this.#runs[this.#tail + 3] = followerCount
    this.#tail += STRIDE
    this.#count += 1
  }

  #makeRoom(): void {
    const used = this.#tail - this.#head
    if (this.#head >= this.#runs.length / 2) {
      this.#runs.copyWithin(0, this.#head, this.#tail)
    } else {
      const grown = new Float64Array(this.#runs.length * 2)
      grown.set(this.#runs.subarray(this.#head, this.#tail))
      this.#runs = grown
    }
    this.#head = 0
    this.#tail = used
  }
}
