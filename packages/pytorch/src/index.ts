export { type PythonClient, pythonClient } from './python-client.js'
