import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * Who may open a WebSocket. The address that `npm start` prints carries a one-time token in its fragment; it is exchanged
 * once for a session (an id and a key), and each later connection proves the key without sending it. There are no
 * cookies, since every port of 127.0.0.1 shares them. The key is derived from `secret`, so that a restarted core knows it.
 */
export interface Sessions {
  /** A fresh one-time token, valid until used or `forget`. */
  issue(): string;
  /** Exchanges a token; null when it is wrong or used. */
  redeem(token: string): { id: string; key: string } | null;
  /** Whether `proof` (`<id>.<timestamp ms>.<nonce>.<hmac>`) was made now by the holder of the session's key. */
  prove(proof: string): boolean;
}

const TOKEN = /^[A-Za-z0-9_-]{43}$/;
const PROOF = /^([A-Za-z0-9_-]{22})\.(\d{1,15})\.([A-Za-z0-9_-]{8,64})\.([A-Za-z0-9_-]{43})$/;
/** How far a page's clock may be from ours; both run on the same machine. */
const WINDOW_MS = 60_000;

export function createSessions(options: { secret: Buffer; now(): number }): Sessions {
  const tokens = new Set<string>();
  const nonces = new Map<string, number>();
  const keyOf = (id: string): Buffer => createHmac('sha256', options.secret).update(`session ${id}`).digest();
  return {
    issue() {
      const token = randomBytes(32).toString('base64url');
      tokens.add(token);
      return token;
    },
    redeem(token) {
      // Tokens have 256 random bits, so the time a look-up takes tells nothing worth knowing.
      if (!TOKEN.test(token) || !tokens.delete(token)) return null;
      const id = randomBytes(16).toString('base64url');
      return { id, key: keyOf(id).toString('base64url') };
    },
    prove(proof) {
      const [, id, at, nonce, mac] = PROOF.exec(proof) ?? [];
      if (!id || !at || !nonce || !mac) return false;
      const now = options.now();
      for (const [used, until] of nonces) if (until < now) nonces.delete(used);
      if (Math.abs(now - Number(at)) > WINDOW_MS || nonces.has(nonce)) return false;
      const expected = createHmac('sha256', keyOf(id)).update(`${id}.${at}.${nonce}`).digest();
      const given = Buffer.from(mac, 'base64url');
      if (given.byteLength !== expected.byteLength || !timingSafeEqual(given, expected)) return false;
      nonces.set(nonce, now + 2 * WINDOW_MS);
      return true;
    },
  };
}
