/**
 * Runs inside the frame of one diagram, with nothing of the page: an opaque origin, no network, no storage, no way out. It is
 * told a diagram's text, draws it, and says how large the picture is. scripts/diagram-page.ts puts it behind the drawing library
 * into one file; it imports nothing.
 */
interface Drawing { initialize(options: object): void; render(id: string, source: string): Promise<{ svg: string }> }

const drawing = (globalThis as unknown as { mermaid: Drawing }).mermaid;

/**
 * Labels are words: a tag in one loses its bracket (the library would make an element of it, if only to measure it). Lines that
 * make something clickable, and what would set the library up otherwise, are left out: it is a picture.
 */
const calm = (source: string): string => source.replace(/%%\{[\s\S]*?\}%%/g, '').replace(/^[ \t]*(?:links?|click)[ \t].*$/gim, '').replace(/(?<!<)<(?=[a-z!/?])(?!br\s*\/?>)/gi, '‹');

async function draw(source: string, dark: boolean): Promise<object> {
  // A frame whose scheme is not that of its element gets an opaque ground of its own.
  document.documentElement.style.colorScheme = dark ? 'dark' : 'light';
  drawing.initialize({ startOnLoad: false, securityLevel: 'strict', theme: dark ? 'dark' : 'default', maxTextSize: 20_000, maxEdges: 300, fontFamily: 'system-ui, sans-serif', suppressErrorRendering: true, htmlLabels: false, flowchart: { htmlLabels: false } });
  const { svg } = await drawing.render('diagram', calm(source));
  document.body.innerHTML = svg;
  const picture = document.querySelector('svg');
  if (!picture) throw new Error('The library drew nothing.');
  const box = picture.viewBox.baseVal;
  return { width: Math.ceil(box.width), height: Math.ceil(box.height) };
}

addEventListener('message', (event: MessageEvent<{ source: string; dark: boolean }>) => {
  if (event.source !== parent) return;
  const answer = (message: object): void => { parent.postMessage(message, '*'); };
  draw(event.data.source, event.data.dark).then(answer, (error: unknown) => { answer({ problem: error instanceof Error ? error.message : 'The diagram could not be drawn.' }); });
});
parent.postMessage({ ready: true }, '*');
