import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../contract/errors/app-error.ts';
import { begun, byAgent, calls, folder, FOLDERS, get, installed, pick, PLUGIN, session, settled, stage, told, tools, use } from './call-stage.ts';

describe('X14 what a plugin did is told', () => {
  it('before it happens when it changes or costs something, and as the agent’s doing what the agent asked for', async () => {
    pick();
    const grants = ['network:a.example', 'storage:1000', 'models:5', ...FOLDERS];
    const call = (method: string) => get('https://a.example/', { method });
    const all: [string, unknown, string | null][] = [
      ['fetch', call('POST'), 'host_reached'], ['fetch', call('GET'), null], ['fetch', call('HEAD'), null], ['storage.set', { key: 'a', value: 1 }, 'storage_written'], ['storage.get', { key: 'a' }, null], ['storage.delete', { key: 'a' }, 'storage_written'],
      ['files.writeText', { key: 'out', path: 'x.txt', text: 'x' }, 'file_written'], ['files.readText', { key: 'data', path: 'x.txt' }, null], ['files.remove', { key: 'out', path: 'x.txt' }, 'file_written'], ['model.complete', { messages: [{ role: 'user', content: 'x' }] }, 'model_called'],
    ];
    for (const [name, args, action] of all) {
      begun.length = 0;
      await use(grants, name, args);
      expect(begun.map((effect) => [`${effect.actor.kind} ${effect.actor.id}`, effect.action]), name).toEqual([[`agent ${PLUGIN}/writer`, 'tool_called'], ...(action === null ? [] : [[`plugin ${PLUGIN}`, action]])]);
    }
    expect(settled).toBe(all.length + all.filter(([, , action]) => action !== null).length);
    expect(byAgent.map(({ subject, pluginId, outcome }) => [subject, pluginId, outcome])).toEqual(all.map(() => [`${PLUGIN}/outer`, PLUGIN, 'done']));
    begun.length = 0;
    await use(grants, 'fetch', call('GET'), 'read');
    await use(['tools:builtin.calculator'], 'tools.call', { name: 'builtin.calculator', input: { expression: '1+1' } }, 'read');
    expect(begun).toEqual([]);
  });

  it('by how the agent’s call ended: denied, failed, or stopped with the run', async () => {
    installed([]);
    const tool = await tools.find(`${PLUGIN}/outer`);
    const made = (standing: 'fresh' | 'approved', signal = session.context.signal) => tools.invoke(session, tool, { callId: 'c', input: {}, depth: 1, readOnly: false, standing, signal });
    stage.answer = 'deny';
    await made('fresh');
    stage.act = () => Promise.reject(new AppError('sandbox/plugin-threw', 'It threw.'));
    await made('approved');
    stage.act = () => Promise.reject(new Error('gone'));
    await expect(made('approved', AbortSignal.abort(new AppError('run/cancelled', 'Stopped.')))).rejects.toMatchObject({ code: 'run/cancelled' });
    expect(byAgent.map(({ outcome, result }) => [outcome, result])).toEqual([['refused', 'permission/denied'], ['failed', 'sandbox/plugin-threw'], ['failed', 'run/cancelled']]);
    expect([begun.length, settled]).toEqual([2, 2]);
  });

  it('by host, status and permission, without address, body or secret', async () => {
    stage.reply.status = 404;
    await use(['network:*.example.com', 'secret:api_key@a.example.com'], 'fetch', get('https://a.example.com/private/path?q={{secret:api_key}}', { method: 'PUT', headers: [['authorization', 'Bearer {{secret:api_key}}']], body: 'the body' }));
    expect(told).toEqual([{ actor: { kind: 'plugin', id: PLUGIN }, pluginId: PLUGIN, runId: 'run', action: 'host_reached', subject: 'PUT a.example.com', permission: 'network:*.example.com', outcome: 'done', result: '404' }]);
    expect(calls).toEqual([expect.objectContaining({ pluginId: PLUGIN, runId: 'run', toolId: `${PLUGIN}/outer`, cpuMs: 1, memoryBytes: 4096, hostCalls: 1, error: null, hosts: [{ host: 'PUT a.example.com', count: 1 }] })]);
    expect(JSON.stringify([told, calls, begun])).not.toMatch(/private|body|sk-/);
  });

  it('also by the host that a redirect led to', async () => {
    stage.reply = { status: 200, url: 'https://b.example.com/landed?private', body: new Uint8Array() };
    await use(['network:*.example.com'], 'fetch', get('https://a.example.com/'));
    expect(told.map(({ subject, permission, result }) => [subject, permission, result])).toEqual([['GET a.example.com', 'network:*.example.com', undefined], ['GET b.example.com', 'network:*.example.com', '200']]);
    expect(calls).toEqual([expect.objectContaining({ hosts: [{ host: 'GET a.example.com', count: 1 }, { host: 'GET b.example.com', count: 1 }] })]);
  });

  it('by file, tool, storage, key and model; progress and sleep are nothing to tell', async () => {
    pick();
    await writeFile(path.join(folder, 'a.txt'), 'x');
    const grants = ['storage:1000', 'models:5', 'tools:builtin.*', 'tools:builtin.calculator', 'secret:api_key@a.example', ...FOLDERS];
    await use(grants, 'files.readText', { key: 'data', path: 'a.txt' });
    await use(grants, 'files.writeText', { key: 'out', path: 'b.txt', text: 'y' });
    await use(grants, 'tools.call', { name: 'builtin.calculator', input: { expression: '1+1' } });
    await use(grants, 'storage.list', {});
    await use(grants, 'secret', { key: 'api_key' });
    await use(grants, 'model.complete', { messages: [{ role: 'user', content: 'x' }] });
    await use(grants, 'progress', { fraction: 0.5 });
    expect(told.map(({ action, subject, permission }) => [action, subject, permission])).toEqual([
      ['file_read', 'data/a.txt', 'folder:data:read'], ['file_written', 'out/b.txt', 'folder:out:write'], ['tool_called', 'builtin.calculator', 'tools:builtin.calculator'],
      ['storage_read', 'storage', 'storage:1000'], ['secret_used', 'api_key', 'secret:api_key@a.example'], ['model_called', 'model', 'models:5']]);
  });

  it('by what it was refused, and by what failed', async () => {
    await expect(use([], 'secret', { key: 'api_key' })).rejects.toMatchObject({ code: 'permission/denied' });
    await expect(use(['folder:data:read'], 'files.readText', { key: 'data', path: '../x' })).rejects.toMatchObject({ code: 'permission/denied' });
    await expect(use(['storage:9'], 'storage.set', { key: 5 })).rejects.toMatchObject({ code: 'core/bad-input' });
    expect(told.map(({ action, subject, outcome, result }) => [action, subject, outcome, result])).toEqual([
      ['permission_denied', 'secret:api_key', 'refused', 'secret_used'], ['permission_denied', 'folder:data:read', 'refused', 'file_read'], ['storage_written', 'storage', 'failed', 'core/bad-input']]);
  });
});
