import { serveSite } from './site.mjs'

const { url } = await serveSite(5173)
console.log(`Open ${url}`)
