/**
 * Property tests draw their cases from one seed, so that the same tree gives the same answer wherever it is tested.
 * `npm run soak -- --properties 20` runs them with other seeds; one that failed is run again with TROUPE_PROPERTY_SEED.
 */
import fc from 'fast-check';

const text = process.env['TROUPE_PROPERTY_SEED'] ?? '20261121';
const seed = Number(text);
if (!Number.isSafeInteger(seed)) throw new Error(`TROUPE_PROPERTY_SEED takes a whole number, not "${text}".`);
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
