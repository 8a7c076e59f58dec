import { parentPort, workerData } from 'node:worker_threads'
import type { AgentData } from './agent/agent-messages.js'
import { runAgent } from './agent.js'

// The entry of the worker thread; everything is in agent.ts, which tests call in-process.
if (parentPort !== null) void runAgent(parentPort, workerData as AgentData)
