/** Imports a library from this package's place: the program's bundle, which lies elsewhere, asks here for what this package depends on. */
export const importHere = (library: string): Promise<unknown> => import(library);
