import { train } from './train.js'

self.onmessage = async ({ data }) => {
  try {
    await train(data, (text) => self.postMessage(text))
  } catch (error) {
    self.postMessage(`failed: ${error.message}`)
  }
}
