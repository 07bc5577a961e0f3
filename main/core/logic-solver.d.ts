/** What of logic-solver 2.0.1 is used; the package brings no types. */
declare module 'logic-solver' {
  /** A condition over named variables; made by the functions below and never looked into. */
  interface Formula { readonly type: string }
  type Term = Formula | string;
  interface Solution { getTrueVars(): string[] }
  interface Solver {
    require(...formulas: Term[]): void;
    /** One solution of what was required so far, or null. */
    solve(): Solution | null;
    /** The same while `formula` is true as well; nothing is kept of it. */
    solveAssuming(formula: Term): Solution | null;
  }
  const Logic: {
    Solver: new () => Solver;
    FALSE: string;
    or(...terms: (Term | Term[])[]): Formula;
    and(...terms: (Term | Term[])[]): Formula;
    implies(a: Term, b: Term): Formula;
    atMostOne(...terms: (Term | Term[])[]): Formula;
    exactlyOne(...terms: (Term | Term[])[]): Formula;
  };
  export default Logic;
}
