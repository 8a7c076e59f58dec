/** The newest rows of each group, oldest first. @internal */
export class NewestRows<Key, Row> {
  readonly #limit: number
  readonly #groups = new Map<Key, Row[]>()

  constructor(limit: number) {
    this.#limit = limit
  }

  add(key: Key, row: Row): void {
    const rows = this.#groups.get(key)
    if (rows === undefined) this.#groups.set(key, [row])
    else {
      rows.push(row)
      if (rows.length > this.#limit) rows.shift()
    }
  }

  get(key: Key): readonly Row[] {
    return this.#groups.get(key) ?? []
  }

  newest(key: Key): Row | null {
    return this.#groups.get(key)?.at(-1) ?? null
  }

  keys(): readonly Key[] {
    return [...this.#groups.keys()]
  }

  all(): readonly Row[] {
    return [...this.#groups.values()].flat()
  }
}
