import { MantineProvider } from '@mantine/core';
import { cleanup, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { IntlProvider } from 'react-intl';
import { afterEach, describe, expect, it, vi } from 'vitest';
import messages from '../../../resources/locales/en/markdown.json' with { type: 'json' };
import { Markdown } from '../../../renderer/components/markdown/markdown.tsx';
import { HOSTILE } from './xss-corpus.ts';

const view = (source: string) => (
  <IntlProvider locale="en" messages={messages}><MantineProvider env="test"><div data-testid="out"><Markdown source={source} /></div></MantineProvider></IntlProvider>
);
const show = (source: string): HTMLElement => { render(view(source)); return screen.getByTestId('out'); };
const ALLOWED = new Set(['div', 'span', 'p', 'br', 'hr', 'h3', 'em', 'strong', 'del', 'code', 'pre', 'blockquote', 'ul', 'ol', 'li', 'table', 'thead', 'tbody', 'tr', 'th', 'td', 'sup', 'button', 'svg', 'path', 'rect', 'circle', 'line', 'polyline']);

afterEach(cleanup);

describe('text of others', () => {
  it.each(HOSTILE)('is shown without acting: %j', (source) => {
    const out = show(source);
    for (const element of out.querySelectorAll('*')) {
      expect(ALLOWED, element.outerHTML.slice(0, 200)).toContain(element.tagName.toLowerCase());
      for (const { name } of element.attributes) {
        // The popover of a link names its own parts.
        if (name === 'id') expect(element.id).toMatch(/^mantine-/);
        expect(name).not.toMatch(/^on|^(src|srcset|href|action|formaction|xlink:href|srcdoc|data)$/);
        if (name === 'style') expect(element.getAttribute('style')).not.toMatch(/url|position/);
      }
    }
  });

  it.each(HOSTILE.filter((source) => /^\[a\]\(|^\[x\]|^</.test(source) && !source.includes('https://example.com "')))('leads nowhere: %j', (source) => {
    const open = vi.spyOn(window, 'open').mockReturnValue(null);
    const out = show(source);
    for (const button of within(out).queryAllByRole('button')) expect(button.getAttribute('aria-label')).toBe('Copy code');
    expect(open).not.toHaveBeenCalled();
  });

  it('opens a link only after showing its host, without an opener', async () => {
    const open = vi.spyOn(window, 'open').mockReturnValue(null);
    show('- See [the guide](https://docs.example.com/a?b=1).');
    await userEvent.click(screen.getByRole('button', { name: 'the guide' }));
    expect(open).not.toHaveBeenCalled();
    expect(await screen.findByText('docs.example.com')).toBeTruthy();
    await userEvent.click(screen.getByRole('button', { name: 'Open' }));
    expect(open).toHaveBeenCalledWith('https://docs.example.com/a?b=1', '_blank', 'noopener,noreferrer');
  });

  it('writes to a mail address and drops what else the link asked of the mail program', async () => {
    const open = vi.spyOn(window, 'open').mockReturnValue(null);
    show('- [write](mailto:help@example.com?attach=/etc/passwd&body=x)');
    await userEvent.click(screen.getByRole('button', { name: 'write' }));
    await userEvent.click(await screen.findByRole('button', { name: 'Write' }));
    expect(open).toHaveBeenCalledWith('mailto:help@example.com', '_blank', 'noopener,noreferrer');
  });

  it('shows the real host beside words that claim another one, in punycode', () => {
    const out = show('[https://apple.com](https://\u0430pple.com) and [bank.example](https://evil.example/) and [readme.md](https://files.example/readme.md)');
    expect(out.textContent).toContain('https://apple.com (xn--pple-43d.com)');
    expect(out.textContent).toContain('bank.example (evil.example)');
  });

  it('does not load an image but names its address', () => {
    const out = show('![a chart](https://evil.example/track.png?u=1)');
    expect(out.querySelector('img')).toBeNull();
    expect(out.textContent).toContain('a chart');
    expect(out.textContent).toContain('https://evil.example/track.png?u=1');
  });

  it('shows code with its language, copies it whole, and lets the keyboard scroll it', async () => {
    const user = userEvent.setup();
    show('```ts title="x"\nconst a = "<b>";\n```');
    expect(screen.getByText('ts')).toBeTruthy();
    expect(screen.getByRole('region', { name: 'Code, ts' }).tabIndex).toBe(0);
    await user.click(screen.getByRole('button', { name: 'Copy code' }));
    expect(await navigator.clipboard.readText()).toBe('const a = "<b>";');
  });

  it('puts tables in a box that scrolls, headings on one level, and names task marks', () => {
    const out = show('# One\n\n#### Four\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n- [x] done\n- [ ] open');
    expect([...out.querySelectorAll('h3')].map((heading) => heading.textContent)).toEqual(['One', 'Four']);
    expect(within(screen.getByRole('region', { name: 'Table' })).getByRole('cell', { name: '2' })).toBeTruthy();
    expect(screen.getByRole('img', { name: 'Done' })).toBeTruthy();
  });

  it.each([['quotes', '>'.repeat(20_000)], ['unpaired marks', '*a_'.repeat(20_000)], ['a wide table', `${'|a'.repeat(3000)}\n${'|-'.repeat(3000)}\n${'|b\n'.repeat(500)}`], ['lists', '- * '.repeat(10_000)]])('stays quick with %s', (_name, source) => {
    const start = performance.now();
    expect(show(source).textContent.length).toBeGreaterThan(100);
    expect(performance.now() - start).toBeLessThan(3_000);
  });

  it('keeps the blocks that did not change while a message streams', () => {
    const { rerender } = render(view('First.\n\nSecond **bold'));
    const first = screen.getByText('First.');
    rerender(view('First.\n\nSecond **bold** and more.\n\n```js\nlet a'));
    expect(screen.getByText('First.')).toBe(first);
    expect(screen.getByText('bold').tagName).toBe('STRONG');
    expect(screen.getByText('let a')).toBeTruthy();
  });
});
