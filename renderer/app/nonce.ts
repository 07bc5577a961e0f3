import { setNonce } from 'get-nonce';

/** The nonce of this response, for the style elements that components add at run time. Undefined when nothing set one. */
export function readNonce(): string | undefined {
  const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce;
  if (nonce) setNonce(nonce);
  return nonce || undefined;
}
