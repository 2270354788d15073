import { z } from 'zod';

/** A path; a relative one begins at the folder of the file. */
export const path = (example: string) => z.string().min(1).meta({ expected: 'a path', example });
/** A port; 0 is any that is free. */
export const port = (usual: number) => z.int().min(0).max(65_535).meta({ example: usual }).default(usual);
/** A switch. */
export const on = (usual: boolean) => z.boolean().default(usual);
/** One level of the topic tree. */
export const topicLevel = (example: string) =>
  z
    .string()
    .regex(/^[\p{L}\p{N}_.-]{1,64}$/u)
    .meta({ expected: "a name of letters, digits, '-', '_' or '.' (at most 64)", example });
