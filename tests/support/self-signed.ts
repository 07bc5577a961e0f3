/** A TLS certificate made at run time, trusted by nobody, so that no private key stands in the repository. */
import { createPrivateKey, generateKeyPairSync, sign, X509Certificate } from 'node:crypto';

/** One DER element: tag, length, content. */
function der(tag: number, ...parts: Uint8Array[]): Buffer {
  const body = Buffer.concat(parts);
  const length = body.byteLength < 128 ? Buffer.from([body.byteLength]) : body.byteLength < 256 ? Buffer.from([0x81, body.byteLength]) : Buffer.from([0x82, body.byteLength >> 8, body.byteLength & 255]);
  return Buffer.concat([Buffer.from([tag]), length, body]);
}
const sequence = (...parts: Uint8Array[]): Buffer => der(0x30, ...parts);
const ECDSA_SHA256 = sequence(Buffer.from('06082a8648ce3d040302', 'hex'));
const COMMON_NAME = Buffer.from('0603550403', 'hex');
const SUBJECT_ALT_NAME = Buffer.from('0603551d11', 'hex');

/** PEM key and certificate (RFC 5280, P-256) for 127.0.0.1, or for one host name, valid from 2020 to 2049. */
export function selfSigned(host?: string): { key: string; cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from(`stand-in ${host ?? ''}`)))));
  const validity = sequence(der(0x17, Buffer.from('200101000000Z')), der(0x17, Buffer.from('491231000000Z')));
  const names = sequence(host === undefined ? der(0x87, Buffer.from([127, 0, 0, 1])) : der(0x82, Buffer.from(host)));
  const extensions = der(0xa3, sequence(sequence(SUBJECT_ALT_NAME, der(0x04, names))));
  const body = sequence(der(0xa0, der(0x02, Buffer.from([2]))), der(0x02, Buffer.from([1])), ECDSA_SHA256, name, validity, name, publicKey.export({ type: 'spki', format: 'der' }), extensions);
  const signature = sign('sha256', body, privateKey);
  const certificate = new X509Certificate(sequence(body, ECDSA_SHA256, der(0x03, Buffer.from([0]), signature)));
  const key = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
  if (!certificate.checkPrivateKey(createPrivateKey(key))) throw new Error('the certificate does not fit its key');
  return { key, cert: certificate.toString() };
}
