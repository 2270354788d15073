declare module 'mathjs/lib/browser/math.js' {
  interface Complex {
    readonly re: number;
    readonly im: number;
  }
  type Binary = (a: Complex, b: Complex) => Complex;
  /** What is used of it: arithmetic of complex numbers, which `complex` must have made. */
  const mathjs: {
    readonly complex: (re: number, im: number) => Complex;
    readonly add: Binary;
    readonly subtract: Binary;
    readonly multiply: Binary;
    readonly divide: Binary;
    readonly sqrt: (a: Complex) => Complex;
  };
  export default mathjs;
}
