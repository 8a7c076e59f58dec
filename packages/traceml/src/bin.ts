#!/usr/bin/env node
import { main } from '@traceml/cli/bin'

await main(process.argv.slice(2))
