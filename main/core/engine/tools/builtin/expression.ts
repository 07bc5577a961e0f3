import { AppError } from '../../../../../contract/errors/app-error.ts';

const CONSTANTS: Readonly<Record<string, number>> = { pi: Math.PI, e: Math.E, tau: 2 * Math.PI };

const FUNCTIONS: Readonly<Record<string, (...values: number[]) => number>> = {
  sqrt: Math.sqrt, cbrt: Math.cbrt, abs: Math.abs, floor: Math.floor, ceil: Math.ceil, trunc: Math.trunc, sign: Math.sign, exp: Math.exp,
  ln: Math.log, log: Math.log10, log2: Math.log2, log10: Math.log10, sin: Math.sin, cos: Math.cos, tan: Math.tan, asin: Math.asin, acos: Math.acos, atan: Math.atan,
  min: (...values) => Math.min(...values), max: (...values) => Math.max(...values),
  round: (value = NaN, digits = 0) => { const factor = 10 ** Math.trunc(digits); return Math.round(value * factor) / factor; },
  pow: (base = NaN, exponent = NaN) => base ** exponent,
};

const MAX_LENGTH = 1000;
const MAX_DEPTH = 100;
const TOKEN = /\s*(?:(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|([A-Za-z][A-Za-z0-9]*)|(\*\*|[-+*/%^(),]))/y;

interface Token { readonly kind: 'number' | 'name' | 'sign' | 'end'; readonly text: string; readonly at: number }

const wrong = (message: string): AppError => new AppError('tools/bad-arguments', message);

function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (source.slice(at).trim() !== '') {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(source);
    if (!match) throw wrong(`The expression has "${source.slice(at).trim()[0] ?? ''}" at character ${at + 1}, which is not a number, a name or one of + - * / % ^ ( ) ,.`);
    const [, number, name, sign] = match;
    tokens.push({ kind: number !== undefined ? 'number' : name !== undefined ? 'name' : 'sign', text: number ?? name ?? sign ?? '', at });
    at = TOKEN.lastIndex;
  }
  tokens.push({ kind: 'end', text: 'the end', at });
  return tokens;
}

/**
 * Works out an arithmetic expression: + - * / % ^ (or **), brackets, the functions and constants above. `^` binds to the
 * right and before a sign in front of it, as people write it: -2^2 is -4.
 * @throws AppError `tools/bad-arguments` that says what is wrong and where
 */
export function evaluate(source: string): number {
  if (source.length > MAX_LENGTH) throw wrong(`The expression has ${source.length} characters; at most ${MAX_LENGTH} are worked out at once. Split it.`);
  const tokens = tokensOf(source);
  let index = 0;
  let depth = 0;
  const peek = (): Token => tokens[Math.min(index, tokens.length - 1)] as Token;
  const take = (...texts: string[]): string | undefined => {
    const token = peek();
    if (token.kind !== 'sign' || !texts.includes(token.text)) return undefined;
    index += 1;
    return token.text;
  };
  const expect = (text: string): void => {
    if (take(text) === undefined) throw wrong(`The expression needs "${text}" at character ${peek().at + 1}, where ${peek().text} stands.`);
  };

  const sum = (): number => {
    let value = product();
    for (let sign = take('+', '-'); sign !== undefined; sign = take('+', '-')) value = sign === '+' ? value + product() : value - product();
    return value;
  };
  const product = (): number => {
    let value = signed();
    for (let sign = take('*', '/', '%'); sign !== undefined; sign = take('*', '/', '%')) {
      const right = signed();
      if (sign !== '*' && right === 0) throw wrong('The expression divides by zero.');
      value = sign === '*' ? value * right : sign === '/' ? value / right : value % right;
    }
    return value;
  };
  const signed = (): number => {
    depth += 1;
    if (depth > MAX_DEPTH) throw wrong(`The expression is nested deeper than ${MAX_DEPTH} levels. Split it.`);
    const sign = take('+', '-');
    const value = sign === undefined ? power() : sign === '-' ? -signed() : signed();
    depth -= 1;
    return value;
  };
  const power = (): number => {
    const base = atom();
    return take('^', '**') === undefined ? base : base ** signed();
  };
  const atom = (): number => {
    const token = peek();
    index += 1;
    if (token.kind === 'number') return Number(token.text);
    if (token.kind === 'name') return named(token);
    if (token.text !== '(') throw wrong(`The expression needs a number, a name or a bracket at character ${token.at + 1}, where ${token.text} stands.`);
    const value = sum();
    expect(')');
    return value;
  };
  const named = (token: Token): number => {
    const name = token.text.toLowerCase();
    if (take('(') === undefined) {
      const constant = Object.hasOwn(CONSTANTS, name) ? CONSTANTS[name] : undefined;
      if (constant === undefined) throw wrong(`The expression has the unknown name "${token.text}". Known are ${[...Object.keys(CONSTANTS), ...Object.keys(FUNCTIONS)].join(', ')}.`);
      return constant;
    }
    const work = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
    if (work === undefined) throw wrong(`The expression has the unknown function "${token.text}". Known are ${Object.keys(FUNCTIONS).join(', ')}.`);
    const values = [sum()];
    while (take(',') !== undefined) values.push(sum());
    expect(')');
    return work(...values);
  };

  const value = sum();
  if (peek().kind !== 'end') throw wrong(`The expression goes on with "${peek().text}" at character ${peek().at + 1}, where an operator or the end was expected.`);
  if (!Number.isFinite(value)) throw wrong('The expression has no finite result (it is too large, or not defined for these numbers).');
  return value;
}
