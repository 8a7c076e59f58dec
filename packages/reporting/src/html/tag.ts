import { plainText } from '@traceml/contracts'

/** Markup that is safe to put into a page: made by {@link html}, or by our own code with {@link raw}. */
export class Html {
  /** The markup itself. */
  readonly markup: string

  constructor(markup: string) {
    this.markup = markup
  }
}

/** What may stand in a template: text is cleaned and escaped, null, undefined and false are nothing. */
export type HtmlPart = Html | string | number | null | undefined | false | readonly HtmlPart[]

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#x27;',
}

/** Text of somebody else's as it can stand in a page, in an element or in a quoted attribute. */
export function escapeHtml(text: string): string {
  return plainText(text).replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
}

/**
 * A template of markup: every value that is not {@link Html} is cleaned and escaped, so that no
 * value can become markup. Values stand in elements and in quoted attributes only, never in a tag
 * name, a style sheet or a URL.
 */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlPart[]): Html {
  let markup = strings[0] ?? ''
  values.forEach((value, index) => {
    markup += markupOf(value) + (strings[index + 1] ?? '')
  })
  return new Html(markup)
}

/** Markup that our own code wrote, such as a style sheet. */
export function raw(markup: string): Html {
  return new Html(markup)
}

function markupOf(value: HtmlPart): string {
  if (value === null || value === undefined || value === false) return ''
  if (value instanceof Html) return value.markup
  if (typeof value === 'number') return String(value)
  if (typeof value === 'string') return escapeHtml(value)
  return value.map(markupOf).join('')
}
