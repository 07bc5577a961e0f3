import { useEffect, useEffectEvent, useState } from 'react';

/** Takes files that are dropped anywhere on the page while this is shown, except where something of its own takes them (and prevents the default). Answers whether some are held over it now. */
export function useDroppedFiles(onFiles: (files: readonly File[]) => void): boolean {
  const [over, setOver] = useState(false);
  const take = useEffectEvent(onFiles);
  useEffect(() => {
    const listening = new AbortController();
    const listen = (name: 'dragenter' | 'dragover' | 'dragleave' | 'drop', hear: (event: DragEvent) => void): void => {
      document.addEventListener(name, (event) => { if (event.dataTransfer?.types.includes('Files')) hear(event); }, { signal: listening.signal });
    };
    for (const name of ['dragenter', 'dragover'] as const) listen(name, (event) => { setOver(!event.defaultPrevented); event.preventDefault(); });
    // Leaving an element for another one on the page names that one.
    listen('dragleave', (event) => { if (event.relatedTarget === null) setOver(false); });
    listen('drop', (event) => {
      setOver(false);
      if (event.defaultPrevented) return;
      event.preventDefault();
      take([...event.dataTransfer?.files ?? []]);
    });
    return () => { listening.abort(); };
  }, []);
  return over;
}
