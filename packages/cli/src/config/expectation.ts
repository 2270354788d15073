import { z } from 'zod';

/**
 * A schema as what may stand where. It is read from the JSON Schema of the input; beside its own keywords, `.meta()` may say: `expected` (a phrase
 * for messages: "a port from 1 to 65535"), `example` (a value that fits), `aliases` (other names people give the key), `secret` (never shown).
 */
export interface Expectation {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Expectation>>;
  readonly additionalProperties?: Expectation | boolean;
  readonly items?: Expectation;
  readonly prefixItems?: readonly Expectation[];
  readonly anyOf?: readonly Expectation[];
  readonly oneOf?: readonly Expectation[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly expected?: string;
  readonly example?: unknown;
  readonly aliases?: readonly string[];
  readonly secret?: boolean;
}

/** What a schema expects, place by place. */
export const expectations = (schema: z.ZodType): Expectation =>
  // Zod's own type knows nothing of the keywords that are ours.
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as unknown as Expectation;

/** A value that fits here, as it is written in the file; undefined where the schema names none. */
export const exampleOf = (here: readonly Expectation[]): string | undefined => {
  const example = here.find((place) => place.example !== undefined)?.example;
  if (example === undefined) return undefined;
  return typeof example === 'string'
    ? example
    : JSON.stringify(example)
        .replaceAll('"', '')
        .replaceAll(/([:,])/g, '$1 ')
        .replaceAll('{', '{ ')
        .replaceAll('}', ' }');
};

/** What fits here, as a phrase: `a whole number from 1 to 65535`. */
export const expectedOf = (here: readonly Expectation[]): string => {
  const phrases = here.map(phraseOf).filter((phrase) => phrase !== '');
  return [...new Set(phrases)].join(' or ') || 'something else';
};

const phraseOf = (place: Expectation): string => {
  if (place.expected !== undefined) return place.expected;
  if (place.const !== undefined) return `'${String(place.const)}'`;
  if (place.enum !== undefined)
    return place.enum.length === 1 ? `'${String(place.enum[0])}'` : `one of ${place.enum.map(String).join(', ')}`;
  const types = [place.type].flat();
  if (types.includes('boolean')) return 'true or false';
  if (types.includes('integer')) return `a whole number${range(place)}`;
  if (types.includes('number')) return `a number${range(place)}`;
  if (types.includes('string'))
    return place.maxLength === undefined ? 'a text' : `a text of ${place.minLength ?? 0} to ${place.maxLength} letters`;
  if (types.includes('array')) return place.minItems === undefined ? 'a list' : `a list of at least ${place.minItems}`;
  if (types.includes('object')) {
    const keys = Object.keys(place.properties ?? {});
    return keys.length === 0 ? 'keys with values' : `the keys ${keys.join(', ')}`;
  }
  return types.includes('null') ? 'nothing' : '';
};

const range = ({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Expectation): string => {
  const low = minimum === Number.MIN_SAFE_INTEGER ? undefined : minimum;
  const high = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  if (low !== undefined && high !== undefined) return ` from ${low} to ${high}`;
  if (exclusiveMinimum !== undefined) return ` above ${exclusiveMinimum}${high === undefined ? '' : `, at most ${high}`}`;
  if (low !== undefined) return ` of at least ${low}`;
  if (high !== undefined) return ` of at most ${high}`;
  return exclusiveMaximum === undefined ? '' : ` below ${exclusiveMaximum}`;
};

/** All that may stand at a path, unions taken apart. */
export const placesAt = (root: Expectation, path: readonly PropertyKey[]): readonly Expectation[] => {
  let places = branchesOf(root);
  for (const key of path) {
    places = places.flatMap((place) => {
      const inner =
        typeof key === 'number'
          ? (place.prefixItems?.[key] ?? place.items)
          : Object.hasOwn(place.properties ?? {}, key)
            ? place.properties?.[String(key)]
            : typeof place.additionalProperties === 'object'
              ? place.additionalProperties
              : undefined;
      return inner === undefined ? [] : branchesOf(inner);
    });
  }
  return places;
};

/** The alternatives of a place; one that has a phrase for all of them stands for itself, with their groups kept for their keys. */
export const branchesOf = (place: Expectation): readonly Expectation[] => {
  const inner = place.anyOf ?? place.oneOf;
  if (inner === undefined) return [place];
  const branches = inner.flatMap(branchesOf);
  const { expected } = place;
  if (expected === undefined) return branches;
  return branches.map((branch) => ({
    ...branch,
    expected,
    ...(place.example !== undefined && { example: place.example }),
  }));
};
