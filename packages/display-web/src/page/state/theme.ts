import { createStore, type Store } from './store.js'

/** What the viewer chose; `system` follows the machine. */
export type Theme = 'system' | 'light' | 'dark'

const THEMES: readonly Theme[] = ['system', 'light', 'dark']
const KEY = 'traceml-theme'

export const theme: Store<Theme> = createStore<Theme>('system')

/** Grows whenever colours changed: charts hold colours as values and are made anew. */
export const colours: Store<number> = createStore(0)

/** The next of the themes. */
export function nextTheme(current: Theme): Theme {
  return THEMES[(THEMES.indexOf(current) + 1) % THEMES.length] ?? 'system'
}

/** Applies the theme of an earlier visit, and keeps what is chosen from now on. */
export function startTheme(target: Window): void {
  const root = target.document.documentElement
  const apply = (): void => {
    const chosen = theme.get()
    if (chosen === 'system') delete root.dataset['theme']
    else root.dataset['theme'] = chosen
    colours.set(colours.get() + 1)
  }
  theme.set(THEMES.find((known) => known === stored(target)) ?? 'system')
  apply()
  theme.subscribe(() => {
    apply()
    try {
      target.localStorage.setItem(KEY, theme.get())
    } catch {
      // A browser that keeps nothing forgets the theme, and that is all.
    }
  })
  target
    .matchMedia('(prefers-color-scheme: dark)')
    .addEventListener('change', () => colours.set(colours.get() + 1))
}

function stored(target: Window): string | null {
  try {
    return target.localStorage.getItem(KEY)
  } catch {
    return null
  }
}

/** A colour of the style sheet as a canvas understands it, for the scheme that is on now. */
export function colour(name: string): string {
  const probe = document.createElement('span')
  probe.style.color = `var(--${name})`
  document.body.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}
