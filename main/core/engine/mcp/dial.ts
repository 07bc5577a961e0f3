/** Everything that needs the SDK behind one door, so that it is loaded when the first server is used. */
export { openSession } from './session.ts';
export { ProgramTransport } from './program-transport.ts';
export { addressTransport } from './address-transport.ts';
export { beginSignIn, keptSignIn, type SignIn } from './sign-in.ts';
