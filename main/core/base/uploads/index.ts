export { createUploads, type UploadPart, type Uploads } from './uploads.ts';
