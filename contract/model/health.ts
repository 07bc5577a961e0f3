import * as z from 'zod/mini';

/** One line of `troupe doctor` and of Settings › About. */
export const doctorCheckSchema = z.object({ id: z.string(), status: z.enum(['ok', 'warning', 'failed']), message: z.string(), advice: z.nullable(z.string()), facts: z.record(z.string(), z.unknown()) });
export type DoctorCheck = z.infer<typeof doctorCheckSchema>;

export const aboutSchema = z.object({ version: z.string(), build: z.string(), protocol: z.number(), home: z.string(), node: z.string(), platform: z.string(), shell: z.string() });
export type About = z.infer<typeof aboutSchema>;
