import { runPrimaryVectors } from './vector-runners/primary.js'
import { loadVectors, vectorTable } from './vector-runners/vector-table.js'

vectorTable('primary_diagnosis.json', runPrimaryVectors(loadVectors('primary_diagnosis.json')), 27)
