import { runProcessVectors } from './vector-runners/process.js'
import { loadVectors, vectorTable } from './vector-runners/vector-table.js'

vectorTable('process.json', runProcessVectors(loadVectors('process.json')), 44)
