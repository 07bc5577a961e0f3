import { cleanup, render } from '@testing-library/react';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { Formula } from '../../../renderer/components/markdown/formula.tsx';
import { withMath } from '../../../renderer/components/markdown/math-marks.ts';

afterEach(() => { cleanup(); });

describe('A2 formulas in text', () => {
  it.each([
    ['\\(x\\) and $y_1$.', '$$x$$ and $$y_1$$.'], ['\\[x\n+y\\]', '$$\nx\n+y\n$$'], ['$$a$$', '$$\na\n$$'], ['see $$a$$ here', 'see $$a$$ here'], ['- \\[x\\]', '- $$x$$'], ['`$a$` $b$', '`$a$` $$b$$'],
  ])('finds them in %j', (source, marked) => { expect(withMath(source)).toBe(marked); });

  it.each(['It costs $5 and not $10.', '$5-$10', 'set $HOME/$USER', '$ x $', '`$a$`', '``$a`$``', '\\$a$', '$$', '$$\nnot ended', '\\(not ended', '\\[ ', 'a\\\\(b\\\\)', 'no marks'])('leaves %j as it is', (source) => { expect(withMath(source)).toBeNull(); });

  it('keeps every word, whatever comes', () => {
    const pieces = fc.array(fc.constantFrom('$', '$$', '\\(', '\\)', '\\[', '\\]', '`', '``', '\\', '\n', ' ', 'a', '5', '\n\n'), { maxLength: 60 }).map((list) => list.join(''));
    fc.assert(fc.property(pieces, (source) => {
      const marked = withMath(source);
      expect((marked ?? source).replace(/[^a5]/g, '')).toBe(source.replace(/[^a5]/g, ''));
    }));
  });

  it('takes a time that grows with the text', () => {
    for (const mark of ['$', '\\(', '\\[', '`', '$a', '``` ` ']) {
      const began = performance.now();
      withMath(`${mark.repeat(40_000 / mark.length)}x`);
      expect(performance.now() - began, mark).toBeLessThan(1_000);
    }
  });
});

describe('A3 a formula', () => {
  it.each(['\\href{javascript:alert(1)}{x}', '\\url{https://evil.example}', '\\includegraphics{https://evil.example/x.png}', '\\htmlStyle{position:fixed}{x}', '\\htmlId{root}{x}', '\\htmlData{a=b}{x}', '\\text{<img src=x onerror=alert(1)>}', '\\def\\a{\\a\\a}\\a', '\\color{red;background:url(x)}x', '\\frac{'])('is nothing but a formula, or its own text: %s', (tex) => {
    const { container } = render(<Formula tex={tex} display />);
    expect(container.textContent.length).toBeGreaterThan(0);
    expect(container.querySelectorAll('a, img, script, style, svg, iframe')).toHaveLength(0);
    for (const element of container.querySelectorAll('math, math *')) for (const { name } of element.attributes) expect(name).not.toMatch(/^(on|href|src|style|class|id|data)/);
  });
  it('reads well', () => {
    const { container } = render(<Formula tex="\frac{a}{b}" display={false} />);
    expect(container.querySelector('math mfrac')?.textContent).toBe('ab');
    expect(render(<Formula tex="\frac{" display={false} />).container.innerHTML).toBe('<code>\\frac{</code>');
  });
});
