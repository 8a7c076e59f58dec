import { PluginError } from './errors.js'

/** Insertion-ordered plug-ins by id. Order is the order of evaluation. */
export interface Registry<Item> {
  /** @throws {PluginError} `TRACEML_PLUGIN_DUPLICATE`, `TRACEML_PLUGIN_INVALID` for an empty id. */
  add(id: string, item: Item): void
  /** @throws {PluginError} `TRACEML_PLUGIN_UNKNOWN`. */
  get(id: string): Item
  has(id: string): boolean
  ids(): readonly string[]
  list(): readonly Item[]
}

/** Makes an empty registry. Surrounding blanks of ids are ignored. */
export function createRegistry<Item>(kind: string): Registry<Item> {
  const items = new Map<string, Item>()
  return {
    add(id, item) {
      const key = id.trim()
      if (key === '') {
        throw new PluginError(
          'TRACEML_PLUGIN_INVALID',
          `A ${kind} has an empty id; give it a stable one such as "acme/my-${kind}".`,
        )
      }
      if (items.has(key)) {
        throw new PluginError(
          'TRACEML_PLUGIN_DUPLICATE',
          `Two ${kind}s have the id "${key}"; remove one or rename it.`,
          { details: { id: key } },
        )
      }
      items.set(key, item)
    },
    get(id) {
      const item = items.get(id.trim())
      if (item === undefined) {
        throw new PluginError(
          'TRACEML_PLUGIN_UNKNOWN',
          `No ${kind} has the id "${id.trim()}"; known: ${[...items.keys()].join(', ') || 'none'}.`,
          { details: { id } },
        )
      }
      return item
    },
    has: (id) => items.has(id.trim()),
    ids: () => [...items.keys()],
    list: () => [...items.values()],
  }
}
