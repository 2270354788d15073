import { didYouMean } from '@affect-edge/acquire';
import { errorText } from '../system-error.ts';

/** Does what a request asks and gives the data of the answer; throws an error whose message says what was wrong. */
export type Answerer = (given: Readonly<Record<string, unknown>>) => object | undefined | Promise<object | undefined>;

/** The longest request that is looked at, bytes. */
export const longestRequest = 4096;

export interface Answer {
  readonly status: 'ok' | 'error';
  /** The request's own id, so that whoever asked finds the answer. */
  readonly id?: string | number;
  readonly data?: object;
  readonly error?: string;
}

/**
 * Answers one request. The payload is nothing or a JSON object, of which `id` (a short string or a number) comes back in the answer. There is no
 * request that takes code, a path or an address.
 */
export const answer = async (answerers: Readonly<Record<string, Answerer>>, name: string, payload: Buffer): Promise<Answer> => {
  const error = (text: string, id?: Answer['id']): Answer => ({ ...(id !== undefined && { id }), status: 'error', error: text });
  if (payload.length > longestRequest) return error(`expected at most ${longestRequest} bytes, got ${payload.length}`);
  let given: Readonly<Record<string, unknown>> = {};
  if (payload.length > 0) {
    try {
      const parsed: unknown = JSON.parse(payload.toString('utf8'));
      if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return error('expected a JSON object');
      given = { ...parsed };
    } catch {
      return error('expected a JSON object, or nothing');
    }
  }
  const { id } = given;
  const named = (typeof id === 'string' && id.length <= 100) || (typeof id === 'number' && Number.isFinite(id)) ? id : undefined;
  const known = Object.keys(answerers);
  if (!Object.hasOwn(answerers, name)) {
    return error(`unknown request '${name.slice(0, 50)}'. Known are ${known.join(', ')}.${didYouMean(name, known)}`, named);
  }
  try {
    const data = await answerers[name]!(given);
    return { ...(named !== undefined && { id: named }), status: 'ok', ...(data !== undefined && { data }) };
  } catch (reason) {
    return error(errorText(reason), named);
  }
};
