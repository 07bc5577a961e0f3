import { Suspense } from 'react';
import { Outlet } from 'react-router';

export function Frame() {
  return <main id="content"><Suspense><Outlet /></Suspense></main>;
}
