import { byteQuantity, type Quantity, timeQuantity } from '../sections/layers/quantities.js'
import { type Html, raw } from './tag.js'
import { MISSING, withUnit } from './values.js'

/** A time of a layer, with three significant digits. */
export function timeValue(ms: number | null): Html {
  return quantityValue(ms === null ? null : timeQuantity(ms))
}

/** Memory of a layer; nothing where there cannot be any. */
export function byteValue(bytes: number | null | undefined): Html {
  if (bytes === undefined) return raw('')
  return quantityValue(bytes === null ? null : byteQuantity(bytes))
}

function quantityValue(quantity: Quantity | null): Html {
  return quantity === null ? MISSING : withUnit(quantity.number, quantity.unit)
}
