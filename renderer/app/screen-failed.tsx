import { useRouteError, Link } from 'react-router';
import { Button } from '@mantine/core';
import { EmptyState } from '../components/empty-state/empty-state.tsx';
import { Failure } from '../components/failure/failure.tsx';
import { T } from '../lib/text.tsx';

/** One screen broke: the rest of the page goes on. */
export function ScreenFailed() {
  const error = useRouteError();
  return <Failure level={1} error={error} kept="failure.screenKept" onRetry={() => { window.location.reload(); }} />;
}

/** No screen has this address. */
export function NotFound() {
  return <EmptyState level={1} title={<T id="frame.notFound" />} line={<T id="frame.notFoundLine" />} action={<Button component={Link} to="/"><T id="frame.goHome" /></Button>} />;
}
