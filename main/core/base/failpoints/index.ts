/** Places at which a test kills the core. A room of its own and without packages, since every thread has such places. */
export { enableFailpoints, failpoint, parseFailpoint } from './failpoints.ts';
