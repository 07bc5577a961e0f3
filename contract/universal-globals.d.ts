/**
 * The few globals that pages, Node and Electron all have. Contract code is checked against these alone, so that nothing
 * of one platform slips in; rooms that import contract bring their platform's own, fuller types.
 */
interface AbortSignal { readonly aborted: boolean; addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void; removeEventListener(type: 'abort', listener: () => void): void }
declare class AbortController { readonly signal: AbortSignal; abort(reason?: unknown): void }
declare function setTimeout(run: (value?: unknown) => void, milliseconds: number): unknown;
declare function clearTimeout(timer: unknown): void;
