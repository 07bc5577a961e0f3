export { createTeam, type Team, type TeamOptions } from './team.ts';
