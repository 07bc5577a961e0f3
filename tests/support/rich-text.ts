/** One answer with everything that text of others can hold. */
export const RICH = [
  'The mean of $n$ values is \\(\\bar{x} = \\frac{1}{n}\\sum_{i=1}^{n} x_i\\). It costs $5 and not $10.',
  '$$\n\\sqrt{b^2 - 4ac} \\quad \\begin{pmatrix} a & b \\\\ c & d \\end{pmatrix}\n$$',
  '```ts\n// Counts words, whatever the language.\nexport function countWords(text: string, locale = \'en\'): number {\n  const words = new Intl.Segmenter(locale, { granularity: "word" });\n  return [...words.segment(text)].filter((piece) => piece.isWordLike).length;\n}\n```',
  '| Library | Licence | Size | Used for | Since |\n|---|---|---:|---|---|\n| react-markdown | MIT | 40 kB | text of others, without raw HTML | the beginning |\n| shiki | MIT | 150 kB | colours in code, in a thread of its own | now |',
  '```mermaid\ngraph LR\n  A[Question] --> B{Known?}\n  B -- yes --> C[Answer]\n  B -- no --> D[Look it up]\n  D --> C\n```',
  '```mermaid\ngraph LR\n  A --> --> B\n```',
].join('\n\n');

/** The same places with words that would rather be more than words. */
export const HOSTILE_RICH = [
  '\\(\\href{javascript:alert(1)}{x}\\) $$\\url{https://evil.example}$$ \\(\\includegraphics[height=1em]{https://evil.example/x.png}\\) \\(\\htmlStyle{position:fixed;inset:0}{x}\\) \\(\\htmlClass{root}{x} \\htmlId{root}{x} \\htmlData{onclick=alert(1)}{x}\\)',
  '$$\n\\text{<img src=x onerror=alert(1)><script>alert(1)</script>} \\def\\a{\\a\\a}\\a\n$$',
  '$$\n\\rule{10000em}{10000em} x\n$$',
  '```html\n<script>alert(1)</script><img src=x onerror=alert(1)>\n```',
  '```"><img src=x onerror=alert(1)>\n"><script>alert(1)</script>\n```',
  '```mermaid\n%%{init: {"securityLevel": "loose", "theme": "base", "themeCSS": "} * { background: url(https://evil.example/a.png) }", "htmlLabels": true, "flowchart": {"htmlLabels": true}}}%%\ngraph LR\n  A["<img src=https://evil.example/x.png onerror=alert(1)>"] --> B["<script>alert(1)</script><iframe src=javascript:alert(1)></iframe>"]\n  click A "javascript:alert(1)" "x"\n  click B href "https://evil.example" _top\n  click A call alert(1)\n```',
  '```mermaid\nsequenceDiagram\n  A->>B: <svg onload=alert(1)>\n  links A: {"x": "javascript:alert(1)"}\n```',
];
