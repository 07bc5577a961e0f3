import { Component, type ReactNode } from 'react';

interface Props { source: string; fallback: ReactNode; children: ReactNode }
interface State { source: string; failed: boolean }

/** Shows the plain text when a block cannot be rendered (nesting so deep that the parser gives up); tries again when its text changes. */
export class BlockBoundary extends Component<Props, State> {
  override state: State = { source: this.props.source, failed: false };
  static getDerivedStateFromError(): Partial<State> { return { failed: true }; }
  static getDerivedStateFromProps(props: Props, state: State): State | null { return props.source === state.source ? null : { source: props.source, failed: false }; }
  override render(): ReactNode { return this.state.failed ? this.props.fallback : this.props.children; }
}
