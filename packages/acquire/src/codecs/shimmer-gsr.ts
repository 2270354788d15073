/** Feedback resistors of the GSR amplifier, kΩ, ranges 0 to 3 (Shimmer GSR+ user guide; `SensorGSR.java`). */
const feedbackKiloohm = [40.2, 287, 1000, 3300];
/** What each range is made for, kΩ; beyond it a fixed range is clipped, as the vendor's software does. */
const spans = [
  [8, 63],
  [63, 220],
  [220, 680],
  [680, 4700],
] as const;
const automatic = 4;
const referenceVolt = 3;
const biasVolt = 0.5;
const fullScale = 4095;
/** In range 3 the amplifier's offset is larger than the signal below this reading. */
const leastAdcInRange3 = 683;

/**
 * Skin conductance, µS, of a GSR word: the range in bits 15–14 (used where `configuredRange` is 4, automatic), the reading in bits 11–0.
 * R = Rf / (V / 0.5 V − 1): the amplifier's own equation, as the vendor computes it; BrainFlow's straight lines are up to 8 % off. A reading
 * at or below the bias voltage is an open circuit, 0 µS; in a fixed range R is clipped to the range.
 */
export const shimmerMicrosiemens = (word: number, configuredRange: number): number => {
  const range = configuredRange === automatic ? (word >> 14) & 3 : configuredRange;
  const adc = range === 3 ? Math.max(leastAdcInRange3, word & 0xfff) : word & 0xfff;
  const kilosiemens = ((adc * referenceVolt) / fullScale / biasVolt - 1) / feedbackKiloohm[range]!;
  if (configuredRange === automatic) return Math.max(0, 1000 * kilosiemens);
  const [least, most] = spans[range]!;
  return Math.min(1000 / least, Math.max(1000 / most, 1000 * kilosiemens));
};

/** Whether a GSR word is at an end of its range: the converter full, no current through the skin, or a fixed range that the skin lies outside of. */
export const shimmerSaturated = (word: number, configuredRange: number): boolean => {
  const adc = word & 0xfff;
  if (adc === fullScale || (adc * referenceVolt) / fullScale <= biasVolt) return true;
  if (configuredRange === automatic) return false;
  const [least, most] = spans[configuredRange]!;
  const microsiemens = shimmerMicrosiemens(word, configuredRange);
  return microsiemens === 1000 / least || microsiemens === 1000 / most;
};
