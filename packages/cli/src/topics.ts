/** The topic tree of one station; levels never hold `+`, `#`, `/` or blanks. See docs/mqtt.md. */
export const topics = (station: string, base = 'affect') => {
  const root = `${base}/${level(station)}`;
  const bridge = `${root}/bridge`;
  return {
    root,
    availability: `${root}/availability`,
    session: `${root}/session`,
    estimate: (model: string) => `${root}/estimate/${level(model)}`,
    feature: (signal: string, feature: string) => `${root}/feature/${level(signal)}/${level(feature)}`,
    raw: (signal: string) => `${root}/raw/${level(signal)}`,
    /** The newest estimate, now and then: for Home Assistant and others that keep a history of everything they see. */
    state: (model: string) => `${root}/state/${level(model)}`,
    sensorAvailability: (sensor: string) => `${root}/sensor/${level(sensor)}/availability`,
    /** Every mark and self-report that was set, wherever it came from. */
    mark: `${root}/mark`,
    markSet: `${root}/mark/set`,
    info: `${bridge}/info`,
    health: `${bridge}/health`,
    request: (name: string) => `${bridge}/request/${name}`,
    response: (name: string) => `${bridge}/response/${level(name).slice(0, 50)}`,
  };
};
export type Topics = ReturnType<typeof topics>;

/** A name as a level of a topic. */
export const level = (name: string): string => name.replace(/[^\p{L}\p{N}_.-]+/gu, '-');
