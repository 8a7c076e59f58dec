/** The parts of a page, or of a worker of a page, that are used; each may be missing. */
export interface PageGlobals {
  readonly document?: {
    readonly visibilityState: string
    addEventListener(type: string, listener: () => void): void
    removeEventListener(type: string, listener: () => void): void
  }
  readonly navigator?: {
    readonly userAgent?: string
    readonly userAgentData?: {
      readonly brands: readonly { readonly brand: string; readonly version: string }[]
    }
  }
  addEventListener?(type: string, listener: (event: never) => void): void
  removeEventListener?(type: string, listener: (event: never) => void): void
}

/** The page around us. */
export const page: PageGlobals = globalThis as PageGlobals
