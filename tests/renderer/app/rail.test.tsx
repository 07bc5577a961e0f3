import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { Rail } from '../../../renderer/app/frame/rail.tsx';
import { renderPage } from '../../support/render-page.tsx';

describe('the rail', () => {
  it.each([['/', 'Home'], ['/team/hire-1', 'Team'], ['/memory', 'Memory'], ['/knowledge', 'Memory'], ['/knowledge/document-1', 'Memory']])('marks the room of %s', (at, room) => {
    renderPage({ node: <Rail />, at });
    expect(screen.getAllByRole('link').filter((link) => link.getAttribute('aria-current') === 'page').map(({ textContent }) => textContent)).toEqual([room]);
  });

  it('marks none for an address that is in no room', () => {
    renderPage({ node: <Rail />, at: '/nowhere' });
    expect(document.querySelector('[aria-current]')).toBeNull();
  });
});
