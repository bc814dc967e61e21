/** The single conditions that rules are made of, found in their text. */

/** Every `return` and every `if` of the rules, without the comments. */
function expressionsOf(rules: string): string[] {
  const code = rules.replaceAll(/^\s*\/\/.*$/gmu, '');
  const found = code.matchAll(/(?:\breturn\b|:\s*if\b)((?:'[^']*'|[^';])+);/gu);
  return [...found].map(([, expression = '']) => expression.replaceAll(/\s+/gu, ' ').trim());
}

/** Takes apart at `&&` and `||` that stand outside of brackets and quotes. */
function parts(expression: string): string[] {
  const cut: string[] = [];
  let depth = 0;
  let quoted = false;
  let from = 0;
  for (let at = 0; at < expression.length; at += 1) {
    const char = expression.charAt(at);
    if (char === "'") quoted = !quoted;
    if (quoted) continue;
    if ('([{'.includes(char)) depth += 1;
    if (')]}'.includes(char)) depth -= 1;
    if (depth === 0 && /^(&&|\|\|)$/u.test(expression.slice(at, at + 2))) {
      cut.push(expression.slice(from, at).trim());
      from = at + 2;
    }
  }
  return [...cut, expression.slice(from).trim()];
}

function leaves(expression: string): string[] {
  const pieces = parts(expression);
  if (pieces.length > 1) return pieces.flatMap(leaves);
  const [, inner] = /^\((.*)\)$/u.exec(expression) ?? [];
  return inner === undefined ? [expression] : leaves(inner);
}

/**
 * @param rules the text of a file of rules
 * @returns each condition once, but for calls of the functions that the file defines and the values they take apart
 */
export function conditionsOf(rules: string): string[] {
  const own = [...rules.matchAll(/function (\w+)\(/gu)].map(([, name = '']) => name);
  const all = expressionsOf(rules).flatMap(leaves);
  return [...new Set(all)].filter((one) => !own.some((name) => one.startsWith(`${name}(`)));
}
