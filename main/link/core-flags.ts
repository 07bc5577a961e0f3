/**
 * How every shell starts the core's Node. The system's certificates count; and the core, which rests most of the time,
 * trades a little speed of cold code and of short-lived objects for about 30 MB of memory at rest.
 */
export const CORE_FLAGS: readonly string[] = ['--use-system-ca', '--max-semi-space-size=2', '--optimize-for-size'];

/** The core's environment. On glibc each thread would otherwise keep a heap arena of its own that is never given back. */
export const coreEnvironment = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({ ...environment, MALLOC_ARENA_MAX: environment['MALLOC_ARENA_MAX'] ?? '2' });
