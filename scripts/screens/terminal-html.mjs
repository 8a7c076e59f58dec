// What a terminal shows (text with colours, as `tmux capture-pane -e` gives it) as a page that looks
// like it: every character in its cell.

/** Sixteen colours that can be told apart on a dark ground. */
const COLORS = [
  ...['#484f58', '#ff7b72', '#3fb950', '#d29922', '#58a6ff', '#bc8cff', '#39c5cf', '#b1bac4'],
  ...['#6e7681', '#ffa198', '#56d364', '#e3b341', '#79c0ff', '#d2a8ff', '#56d4dd', '#ffffff'],
]
const GROUND = '#0d1117'
const TEXT = '#c9d1d9'
const CELL = { width: 8.43, height: 17 }

const escapeHtml = (text) =>
  text.replace(/[&<>]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign])

function applyCodes(pen, codes) {
  let next = { ...pen }
  for (const code of codes) {
    if (code === 0) next = {}
    else if (code === 1) next.bold = true
    else if (code === 2) next.dim = true
    else if (code === 7) next.inverse = true
    else if (code === 22) next = { ...next, bold: false, dim: false }
    else if (code === 27) next.inverse = false
    else if (code >= 30 && code <= 37) next.color = COLORS[code - 30]
    else if (code >= 90 && code <= 97) next.color = COLORS[code - 82]
    else if (code === 39) next.color = undefined
  }
  return next
}

function styleOf({ bold, dim, inverse, color }) {
  const front = inverse ? GROUND : (color ?? TEXT)
  return [
    `color:${front}`,
    inverse ? `background:${color ?? TEXT}` : '',
    bold ? 'font-weight:bold' : '',
    dim ? 'opacity:.55' : '',
  ].join(';')
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal colours start with ESC.
const PARTS = /\u001B\[([0-9;]*)m|[^\u001B]+/g

function lineHtml(line, start) {
  let pen = start
  let html = ''
  for (const [part, codes] of line.matchAll(PARTS)) {
    if (codes !== undefined) pen = applyCodes(pen, codes.split(';').map(Number))
    else html += `<span style="${styleOf(pen)}">${escapeHtml(part)}</span>`
  }
  return { html, pen }
}

/** A page with the screen; `columns` by `rows` cells and a frame. */
export function terminalHtml(text, { columns, rows, title }) {
  let pen = {}
  const lines = text.split('\n').slice(0, rows)
  const body = lines.map((line) => {
    const drawn = lineHtml(line, pen)
    pen = drawn.pen
    return `<div>${drawn.html || ' '}</div>`
  })
  return `<!doctype html><meta charset="utf-8"><style>
    body { margin: 0; background: transparent }
    #window { width: ${Math.ceil(columns * CELL.width)}px; padding: 12px 14px 14px; background: ${GROUND};
      border: 1px solid #30363d; border-radius: 8px; box-sizing: content-box }
    #title { font: 12px sans-serif; color: #8b949e; text-align: center; padding-bottom: 10px }
    pre { margin: 0; font: 14px/${CELL.height}px 'DejaVu Sans Mono', monospace; height: ${rows * CELL.height}px; white-space: pre }
  </style><div id="window"><div id="title">${escapeHtml(title)}</div><pre>${body.join('')}</pre></div>`
}
