/**
 * A row of which every column may be absent.
 *
 * Absent means the same as null: not measured. So rows of a store fit, and so does an object with
 * the one number that another tool knows.
 */
export type RowInput<Row> = { readonly [Column in keyof Row]?: Row[Column] | undefined }
