/**
 * Pattern of a complete terminal sequence: control sequences, strings such as window titles and
 * links, and the short ones.
 */
export const SEQUENCE: string = String.raw`\u001B(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001B]*(?:\u0007|\u001B\\)?|[ -/]*[0-~])`

/** Pattern of a colour or another way of writing (bold, dim, inverse). */
export const COLOR: string = String.raw`\u001B\[[0-9;]*m`

/** Pattern of the beginning of a sequence whose end is still to come. */
export const SEQUENCE_START: string = String.raw`\u001B(?:\[[0-?]*[ -/]*|[\]PX^_][^\u0007\u001B]{0,4096}\u001B?)?`
