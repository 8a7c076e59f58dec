import { javaScriptSamplerSpec } from './sampler/sampler.js'

export { createJavaScriptSampler, javaScriptSamplerSpec } from './sampler/sampler.js'
export default javaScriptSamplerSpec
