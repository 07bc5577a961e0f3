import { randomBytes } from 'node:crypto';
import { readdir, realpath } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { createDoor, refuse } from './door.ts';

/** What a person is asked to pick a folder for. */
export interface FolderRequest { title: string; detail: string; picked(folder: string): Promise<void> }

/** What a person is asked to confirm. `detail` is shown as it is, in a box of its own. */
export interface ConfirmRequest { title: string; message: string; detail: string; accept: string; accepted(): Promise<void> }

export interface FolderChooser {
  /** An address, good once and for ten minutes, at which the person says yes. */
  confirm(request: ConfirmRequest): Promise<string>;
  /** An address, good once and for ten minutes, at which the person picks a folder below `top`. */
  ask(request: FolderRequest): Promise<string>;
  stop(): Promise<void>;
}

const TICKET_MS = 10 * 60_000;
const MOST_FORM_BYTES = 8 * 1024;
const MOST_FOLDERS = 500;

/**
 * The browser shell's folder dialog, and its yes-or-no dialog. A script in the app's page could imitate any gesture, so the person picks on a page
 * of another origin (its own port) that runs no script at all and takes a form only from itself.
 * @param top the folder below which one may pick: the user's home
 */
export function createFolderChooser(top: string, now: () => number): FolderChooser {
  const tickets = new Map<string, { request: FolderRequest | ConfirmRequest; until: number }>();
  const door = createDoor();
  const server = createServer({ maxHeaderSize: 16 * 1024, requestTimeout: 10_000 }, (request, response) => {
    serve(request, response).catch(() => { if (!response.headersSent) refuse(response, 500, 'This did not work. Go back and pick again.'); });
  });
  let listening: Promise<string> | null = null;
  const listen = (): Promise<string> => listening ??= new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      door.open(port);
      resolve(`http://127.0.0.1:${port}`);
    });
  });

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const verdict = door.judge(request);
    if ('status' in verdict) { refuse(response, verdict.status, verdict.reason); return; }
    const id = verdict.path.slice(1);
    const ticket = tickets.get(id);
    if (!ticket || ticket.until < now()) { tickets.delete(id); refuse(response, 404, 'This page was used or is too old. Ask for the folder again in Troupe.'); return; }
    if (request.method === 'GET' && 'accept' in ticket.request) { send(response, confirmPage(id, ticket.request)); return; }
    if (request.method === 'GET' && 'picked' in ticket.request) {
      const at = new URL(request.url ?? '/', 'http://127.0.0.1').searchParams.get('at') ?? '';
      const folder = await below(top, at);
      if (folder === null) { refuse(response, 403, 'Only folders below your home can be picked here.'); return; }
      send(response, await listPage(id, ticket.request, top, folder));
      return;
    }
    if (request.method !== 'POST' || !door.isOwnOrigin(request.headers.origin)) { refuse(response, 405, 'This page takes its own form only.'); return; }
    const form = new URLSearchParams(await readForm(request));
    if ('accept' in ticket.request) {
      tickets.delete(id);
      await ticket.request.accepted();
      send(response, page('Done', '<h1>Done</h1><p>You can close this page and go back to Troupe.</p>'));
      return;
    }
    const folder = await below(top, form.get('at') ?? '');
    if (folder === null) { refuse(response, 403, 'Only folders below your home can be picked here.'); return; }
    tickets.delete(id);
    await ticket.request.picked(folder);
    send(response, page('Done', `<h1>Granted</h1><p>${escapeHtml(folder)}</p><p>You can close this page and go back to Troupe.</p>`));
  };

  const ticketFor = async (request: FolderRequest | ConfirmRequest): Promise<string> => {
    const id = randomBytes(24).toString('base64url');
    tickets.set(id, { request, until: now() + TICKET_MS });
    return `${await listen()}/${id}`;
  };
  return {
    ask: ticketFor,
    confirm: ticketFor,
    async stop() {
      if (!listening) return;
      server.closeAllConnections();
      await new Promise<void>((resolve) => { server.close(() => { resolve(); }); });
    },
  };
}

/** The real folder that `at` (relative to `top`) names, or null when it leads out of `top`, by links too. */
async function below(top: string, at: string): Promise<string | null> {
  const home = await realpath(top);
  const folder = await realpath(path.join(home, at)).catch(() => null);
  return folder !== null && (folder === home || folder.startsWith(home + path.sep)) ? folder : null;
}

async function readForm(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > MOST_FORM_BYTES) throw new Error('form too large');
  }
  return text;
}

async function listPage(id: string, request: FolderRequest, top: string, folder: string): Promise<string> {
  const home = await realpath(top);
  const entries = await readdir(folder, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map((entry) => entry.name).sort((a, b) => a.localeCompare(b)).slice(0, MOST_FOLDERS);
  const link = (target: string, label: string): string => `<li><a href="/${id}?at=${encodeURIComponent(path.relative(home, target))}">${escapeHtml(label)}</a></li>`;
  const files = entries.filter((entry) => entry.isFile()).length;
  const atTop = folder === home;
  return page(request.title, `<h1>${escapeHtml(request.title)}</h1><p>${escapeHtml(request.detail)}</p>
<p class="here">${escapeHtml(folder)} <small>${files} ${files === 1 ? 'file' : 'files'}</small></p>
<ul>${atTop ? '' : link(path.dirname(folder), '↑ up')}${folders.map((name) => link(path.join(folder, name), name)).join('')}</ul>
${atTop ? '<p>Open a folder to grant it. Your whole home cannot be granted.</p>' : `<form method="post" action="/${id}"><input type="hidden" name="at" value="${escapeHtml(path.relative(home, folder))}"><button>Grant this folder</button></form>`}`);
}

function confirmPage(id: string, request: ConfirmRequest): string {
  return page(request.title, `<h1>${escapeHtml(request.title)}</h1><p>${escapeHtml(request.message)}</p><pre>${escapeHtml(request.detail)}</pre>
<form method="post" action="/${id}"><button>${escapeHtml(request.accept)}</button></form><p>To refuse, close this page.</p>`);
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)} – Troupe</title><style nonce="${NONCE}">
:root{color-scheme:light dark;font:14px/1.5 system-ui,sans-serif}body{max-width:560px;margin:40px auto;padding:0 16px}h1{font-size:20px}ul{list-style:none;padding:0;border:1px solid #8885;border-radius:8px;max-height:50vh;overflow:auto}li a{display:block;padding:8px 12px;color:inherit;text-decoration:none}li a:hover,li a:focus{background:#8882}.here{font-weight:600;overflow-wrap:anywhere}small{font-weight:400;opacity:.75}pre{white-space:pre-wrap;overflow-wrap:anywhere;padding:12px;border:1px solid #8885;border-radius:8px;max-height:40vh;overflow:auto}button{font:inherit;padding:8px 16px;border-radius:8px;border:0;background:#2f5bd7;color:#fff;cursor:pointer}</style></head><body><main>${body}</main></body></html>`;
}

/** The style's nonce need not be secret here: the page runs no script and shows nothing that brings markup of its own. */
const NONCE = randomBytes(16).toString('base64');

function send(response: ServerResponse, html: string): void {
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'referrer-policy': 'same-origin', 'x-frame-options': 'DENY',
    'content-security-policy': `default-src 'none'; style-src 'nonce-${NONCE}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`, 'cross-origin-opener-policy': 'same-origin',
  });
  response.end(html);
}

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
