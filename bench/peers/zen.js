// The standard case as a decision graph of @gorules/zen-engine: one expression node, each expression sees the ones before it as `$`.
import { ZenEngine } from '@gorules/zen-engine';

const overlap = (from, to, low, high) => `max([0, min([${to}, ${high}]) - max([${from}, ${low}])])`;
const round = (value) => `floor(${value} + 0.5)`;
const end = 1e15;

const expressions = {
  total: 'sum(map(lines, #.fen))',
  eligible: `sum(map(lines, #.class == 'A' ? #.fen : #.class == 'B' ? #.fen - ${round('#.fen * 0.1')} : 0))`,
  full: [[130000, 3000000, 0.85], [3000000, 4000000, 0.9], [4000000, end, 0.95]]
    .map(([low, high, ratio]) => `${overlap(0, '$.eligible', low, high)} * ${ratio}`).join(' + '),
  basic: `min([${round('$.full')}, max([0, 10000000 - prior_fen])])`,
  above: 'max([0, $.eligible - $.basic - 1500000])',
  second: round('(' + [[0, 3500000, 0.6], [3500000, 8500000, 0.65], [8500000, end, 0.7]]
    .map(([low, high, ratio]) => `${overlap(0, '$.above', low, high)} * ${ratio}`).join(' + ') + ')'),
  cash: '$.total - $.basic - $.second',
};

const graph = {
  nodes: [
    { id: 'in', name: 'in', type: 'inputNode' },
    {
      id: 'case', name: 'case', type: 'expressionNode',
      content: { expressions: Object.entries(expressions).map(([key, value]) => ({ id: key, key, value })) },
    },
    { id: 'out', name: 'out', type: 'outputNode' },
  ],
  edges: [
    { id: '1', sourceId: 'in', targetId: 'case', type: 'edge' },
    { id: '2', sourceId: 'case', targetId: 'out', type: 'edge' },
  ],
};

export const name = '@gorules/zen-engine';

export function build() {
  const decision = new ZenEngine().createDecision(graph);
  return async (bill) => (await decision.evaluate(bill)).result;
}
