/** What is shown where a part of the page could not be shown. */
import { Component, type ReactNode } from 'react';

interface FallenProps {
  readonly text: string;
  readonly action: string;
  readonly onAgain: () => void;
}

/** A word and a way on. */
export function Fallen({ text, action, onAgain }: FallenProps): ReactNode {
  return (
    <main className="waiting-text">
      <p role="alert">{text}</p>
      <button type="button" className="button second" onClick={onAgain}>
        {action}
      </button>
    </main>
  );
}

interface CatchProps extends Omit<FallenProps, 'onAgain'> {
  readonly children: ReactNode;
}

/** Holds what fails in its children; React has only classes for it. */
export class Catch extends Component<CatchProps, { readonly failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    const { text, action, children } = this.props;
    if (!this.state.failed) return children;
    // What was loaded in part cannot be loaded again but with the page.
    return <Fallen text={text} action={action} onAgain={() => globalThis.location.reload()} />;
  }
}
