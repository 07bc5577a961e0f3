import { describe, expect, it, vi } from 'vitest';
import { electronTransport, portChannel } from '../../../renderer/bridge/electron-transport.ts';

/** A MessagePort by its contract: a listener property, start, post, close. */
function fakePort() {
  const posted: unknown[] = [];
  const listened: string[] = [];
  const port = { onmessage: null as ((event: { data: unknown }) => void) | null, start: vi.fn(), close: vi.fn(), postMessage: (message: unknown) => { posted.push(message); }, addEventListener: (type: string) => { listened.push(type); } };
  return { port: port as unknown as MessagePort, raw: port, posted, listened };
}

describe('the way to the core in the desktop shell', () => {
  it('asks the preload for a port and takes only the one that the page itself was posted', async () => {
    const { port } = fakePort();
    const listeners: ((event: unknown) => void)[] = [];
    const page = { addEventListener: (_: string, listener: (event: unknown) => void) => { listeners.push(listener); }, removeEventListener: vi.fn() } as unknown as Window;
    const connect = vi.fn();
    const opening = electronTransport({ connect, onOpen: vi.fn(), shell: 'electron', platform: 'linux' }, page)();
    let done = false;
    void opening.then(() => { done = true; });
    expect(connect).toHaveBeenCalledOnce();
    for (const listener of listeners) listener({ source: {}, data: 'troupe:port', ports: [port] });
    for (const listener of listeners) listener({ source: page, data: 'something else', ports: [port] });
    await Promise.resolve();
    expect(done).toBe(false);
    for (const listener of listeners) listener({ source: page, data: 'troupe:port', ports: [port] });
    await expect(opening).resolves.toBeDefined();
  });

  it('ends by null messages and never listens for close', () => {
    const { port, raw, posted, listened } = fakePort();
    const channel = portChannel(port);
    const closed = vi.fn();
    const heard: string[] = [];
    channel.onMessage((message) => { heard.push(message); });
    channel.onClose(closed);
    raw.onmessage?.({ data: 'one' });
    raw.onmessage?.({ data: null });
    expect(heard).toEqual(['one']);
    expect(closed).toHaveBeenCalledOnce();
    expect(listened).toEqual([]);
    const other = fakePort();
    portChannel(other.port).close();
    expect(other.posted).toEqual([null]);
    expect(posted).toEqual([]);
  });
});
