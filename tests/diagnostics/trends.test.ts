import { runTrendVectors } from './vector-runners/trends.js'
import { loadVectors, vectorTable } from './vector-runners/vector-table.js'

vectorTable('trends.json', runTrendVectors(loadVectors('trends.json')), 14)
