import { z } from 'zod';
import { settingsSchema } from './settings.ts';

/** Keys of ours in `.meta()` that no editor knows. */
const own = ['expected', 'example', 'aliases', 'secret'] as const;

/** The JSON Schema of the file, for editors that complete and check while one types; it is shipped as `schema/affect.schema.json`. */
export const settingsJsonSchema = (): object => {
  return z.toJSONSchema(settingsSchema, {
    io: 'input',
    override: ({ jsonSchema }) => {
      const place: Record<string, unknown> = jsonSchema;
      const { expected, example, description } = place;
      if (description === undefined && typeof expected === 'string')
        place.description = `${expected[0].toUpperCase()}${expected.slice(1)}.`;
      if (example !== undefined) place.examples = [example];
      for (const key of own) delete place[key];
    },
  });
};
