import { contextBridge, ipcRenderer } from 'electron';

/** Hands the page one end of a port to the core; the shell relays what goes through it unread. Nothing else is exposed. */
contextBridge.exposeInMainWorld('troupe', {
  shell: 'electron',
  platform: process.platform,
  connect(): void {
    const { port1, port2 } = new MessageChannel();
    ipcRenderer.postMessage('troupe:connect', null, [port2]);
    window.postMessage('troupe:port', window.location.origin, [port1]);
  },
});
