/**
 * The few globals that pages, Node and Electron all have. Contract code is checked against these alone, so that nothing
 * of one platform slips in; rooms that import contract bring their platform's own, fuller types.
 */
interface AbortSignal { readonly aborted: boolean; addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void; removeEventListener(type: 'abort', listener: () => void): void }
declare class AbortController { readonly signal: AbortSignal; abort(reason?: unknown): void }
declare function setTimeout(run: (value?: unknown) => void, milliseconds: number): unknown;
declare function clearTimeout(timer: unknown): void;
declare class URL { constructor(text: string); readonly href: string; readonly protocol: string; readonly hostname: string; readonly username: string; readonly password: string }
declare class URLSearchParams { readonly size: number; set(name: string, value: string): void; toString(): string }
