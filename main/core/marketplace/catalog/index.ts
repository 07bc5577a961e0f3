/** The catalog: what registries offer, on this machine. */
export { createCatalog, type BlobRequest, type Catalog, type CatalogParts, type SearchInput, type SignedRecord } from './catalog.ts';
export { misfitsOf, type AppFacts } from './fitness.ts';
export { blobFile } from './images.ts';
export { registryFetch } from './registry-fetch.ts';
export { idOfRoot, type RegistryConfig } from './registries.ts';
