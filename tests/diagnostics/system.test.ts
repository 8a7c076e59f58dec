import { runSystemVectors } from './vector-runners/system.js'
import { loadVectors, vectorTable } from './vector-runners/vector-table.js'

vectorTable('system.json', runSystemVectors(loadVectors('system.json')), 41)
