import { contextBridge, ipcRenderer } from 'electron';

/** Hands the page one end of a port to the core, whose frames the shell relays unread, and what the person opened with Troupe. Nothing else is exposed. */
contextBridge.exposeInMainWorld('troupe', {
  shell: 'electron',
  platform: process.platform,
  connect(): void {
    const { port1, port2 } = new MessageChannel();
    ipcRenderer.postMessage('troupe:connect', null, [port2]);
    window.postMessage('troupe:port', window.location.origin, [port1]);
  },
  /** `take` gets each link and archive that was opened from outside; those that came earlier first. */
  onOpen(take: (opened: unknown) => void): void {
    ipcRenderer.removeAllListeners('troupe:open');
    ipcRenderer.on('troupe:open', (_event, opened: unknown) => { take(opened); ipcRenderer.send('troupe:taken'); });
    ipcRenderer.send('troupe:listening');
  },
});
