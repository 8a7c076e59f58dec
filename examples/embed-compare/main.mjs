import { serve } from '@hono/node-server'
import { createApp } from './app.mjs'

const port = Number(process.env.PORT ?? 8080)
serve({ fetch: createApp().fetch, hostname: '127.0.0.1', port }, (address) => {
  console.log(`POST two files as a and b to http://127.0.0.1:${address.port}/compare`)
})
