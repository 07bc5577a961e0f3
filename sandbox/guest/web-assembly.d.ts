/** The part of WebAssembly that the sandbox uses; the types of browsers, which hold the rest, are not for this room. */
declare namespace WebAssembly {
  class Module { private readonly brand: 'module'; }
  class Memory {
    constructor(limits: { initial: number; maximum: number });
    readonly buffer: ArrayBuffer;
  }
  function compile(bytes: Uint8Array): Promise<Module>;
}
