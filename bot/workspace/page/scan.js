// Splits a line of marked-up text: of several patterns the earliest match wins, and what lies between is plain.

/** `patterns` are [regexp, build(match, context)]; `plain(text)` makes nodes of what no pattern took. */
export function scan(text, patterns, plain, context) {
  const nodes = [];
  let rest = text;
  for (let found = earliest(rest, patterns); found; found = earliest(rest, patterns)) {
    nodes.push(plain(rest.slice(0, found.match.index)), found.build(found.match, context));
    rest = rest.slice(found.match.index + found.match[0].length);
  }
  nodes.push(plain(rest));
  return nodes.flat(Infinity);
}

function earliest(text, patterns) {
  let first = null;
  for (const [pattern, build] of patterns) {
    const match = pattern.exec(text);
    if (match && (!first || match.index < first.match.index)) first = { match, build };
  }
  return first;
}
