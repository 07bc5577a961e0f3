export { documentsOfHires } from './plugin-documents.ts';
export { createTeam, type Team, type TeamOptions } from './team.ts';
