/** The parts of jStat that serve as an oracle. */
declare module "jstat" {
  interface Family {
    cdf(x: number, ...parameters: number[]): number;
    inv(p: number, ...parameters: number[]): number;
  }
  const jstat: {
    readonly normal: Family;
    readonly studentt: Family;
    readonly chisquare: Family;
    readonly centralF: Family;
    readonly beta: Family;
    readonly gamma: Family;
    readonly binomial: Pick<Family, "cdf">;
    gammaln(x: number): number;
    betaln(a: number, b: number): number;
  };
  export default jstat;
}
