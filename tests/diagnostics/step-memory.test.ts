import { runStepMemoryVectors } from './vector-runners/step-memory.js'
import { loadVectors, vectorTable } from './vector-runners/vector-table.js'

vectorTable('step_memory.json', runStepMemoryVectors(loadVectors('step_memory.json')), 108)
