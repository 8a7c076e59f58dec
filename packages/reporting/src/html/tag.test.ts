import fc from 'fast-check'
import { expect, test } from 'vitest'
import { html, raw } from './tag.js'

test('values are escaped and cleaned, markup of our own is not', () => {
  const name = "\"><script>alert('&')</script>\u001B[31m\u202E"
  expect(html`<p title="${name}">${raw('<b>')}${name}</p>`.markup).toBe(
    '<p title="&quot;&gt;&lt;script&gt;alert(&#x27;&amp;&#x27;)&lt;/script&gt;"><b>&quot;&gt;&lt;script&gt;alert(&#x27;&amp;&#x27;)&lt;/script&gt;</p>',
  )
})

test('lists are joined; null, undefined and false are nothing; zero is a number', () => {
  expect(html`${[html`<i>a</i>`, null, ['b', 0]]}${undefined}${false}`.markup).toBe('<i>a</i>b0')
})

test('no text becomes markup', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(html`${text}`.markup).not.toMatch(/[<>"']|&(?!(?:amp|lt|gt|quot|#x27);)/)
    }),
  )
})
