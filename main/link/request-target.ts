/**
 * The path of a raw request target, or null when the target is not one that we serve. Node hands the target on as the
 * client wrote it: absolute forms (`GET http://elsewhere/`), bad escapes (`/%`) and encoded traversals all arrive here.
 */
export function pathOfTarget(target: string | undefined): string | null {
  if (target === undefined || target.length > 4096 || !target.startsWith('/') || target.startsWith('//')) return null;
  const raw = target.split(/[?#]/, 1)[0] ?? '';
  let path: string;
  try { path = decodeURIComponent(raw); } catch (error) { if (error instanceof URIError) return null; throw error; }
  if (/[\0\\]/.test(path) || path.split('/').some((part) => part === '..' || part === '.')) return null;
  return path;
}
