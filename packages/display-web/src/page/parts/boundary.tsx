import { Component, type ComponentChildren } from 'preact'

interface BoundaryProps {
  readonly name: string
  readonly children: ComponentChildren
}

/** Keeps the failure of one card in its own place. */
export class Boundary extends Component<BoundaryProps, { readonly message: string | null }> {
  override state: { readonly message: string | null } = { message: null }

  static override getDerivedStateFromError(error: unknown): { readonly message: string } {
    return { message: error instanceof Error ? error.message : String(error) }
  }

  override render(): ComponentChildren {
    const { message } = this.state
    if (message === null) return this.props.children
    return (
      <section class="card">
        <p class="notice crit" role="alert">
          {this.props.name} could not be drawn: {message}{' '}
          <button type="button" onClick={() => this.setState({ message: null })}>
            Try again
          </button>
        </p>
      </section>
    )
  }
}
