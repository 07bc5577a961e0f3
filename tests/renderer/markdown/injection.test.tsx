import { MantineProvider } from '@mantine/core';
import { cleanup, render, screen } from '@testing-library/react';
import { IntlProvider } from 'react-intl';
import { afterEach, describe, expect, it, vi } from 'vitest';
import messages from '../../../resources/locales/en/markdown.json' with { type: 'json' };
import { Markdown } from '../../../renderer/components/markdown/markdown.tsx';
import { ATTACKS } from '../../security/injection/attacks.ts';

const texts = ATTACKS.flatMap(({ words, says }) => [words, ...(says === undefined ? [] : [says])]).map((text) => text.slice(0, 2_000).replaceAll('$EVIL', 'https://evil.example').replaceAll(/\$(CANARY|BASE64|HEX|URL)/g, 'c2VjcmV0'));

afterEach(() => { cleanup(); vi.restoreAllMocks(); });

describe('A3 what an obedient model says', () => {
  it.each(texts)('loads and opens nothing by itself: %j', (text) => {
    const opened = vi.spyOn(window, 'open').mockReturnValue(null);
    const fetched = vi.spyOn(globalThis, 'fetch').mockRejectedValue(new Error('no network here'));
    render(<IntlProvider locale="en" messages={messages}><MantineProvider env="test"><div data-testid="out"><Markdown source={text} /></div></MantineProvider></IntlProvider>);
    const out = screen.getByTestId('out');
    expect(out.querySelectorAll('a, img, iframe, script, object, embed, form, input, link, meta, video, audio, source, base')).toHaveLength(0);
    for (const element of out.querySelectorAll('*')) for (const { name } of element.attributes) expect(name).not.toMatch(/^on|^(src|srcset|href|action|formaction|background|poster|xlink:href|srcdoc)$/);
    expect(opened).not.toHaveBeenCalled();
    expect(fetched).not.toHaveBeenCalled();
  });
});
