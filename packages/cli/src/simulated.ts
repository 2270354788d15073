/** Whether a link leads to a simulated sensor, which nobody wears. */
export const isSimulated = (uri: string): boolean => uri.startsWith('simulated:');
