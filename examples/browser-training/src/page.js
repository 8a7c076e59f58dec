import { train } from './train.js'

const form = document.querySelector('form')
const log = document.querySelector('output')
const report = (text) => {
  log.textContent += `${text}\n`
}

form.elements.url.value = new URL(location.href).searchParams.get('traceml') ?? ''
form.addEventListener('submit', async (event) => {
  event.preventDefault()
  form.elements.start.disabled = true
  log.textContent = ''
  const { url, backend, place, epochs } = Object.fromEntries(new FormData(form))
  const options = { url, backend, epochs: Number(epochs) }
  if (place === 'worker') {
    const worker = new Worker('/worker.js')
    worker.onmessage = ({ data }) => report(data)
    worker.postMessage(options)
    return
  }
  try {
    await train(options, report)
  } catch (error) {
    report(`failed: ${error.message}`)
  }
})
