// The standard case with json-rules-engine. It has conditions and no arithmetic: each band is a rule with its bounds and ratio in the
// event, and the sums are made in the handlers of the events, in the order of the rules' priorities.
import { Engine } from 'json-rules-engine';

const prepay = { A: 0, B: 10, C: 100 };    // per cent of a line that does not enter
const round = (hundredths) => Math.floor((hundredths + 50) / 100);

const bands = (layer, fact, priority, list) => list.map(([low, high, percent]) => ({
  priority,
  conditions: { all: [{ fact, operator: 'greaterThan', value: low }] },
  event: { type: 'band', params: { layer, fact, low, high, percent } },
}));
const step = (type, priority) => ({
  priority,
  conditions: { all: [{ fact: 'eligible', operator: 'greaterThanInclusive', value: 0 }] },
  event: { type },
});

const rules = [
  ...bands('basic', 'eligible', 50, [[130000, 3000000, 85], [3000000, 4000000, 90], [4000000, Infinity, 95]]),
  step('cap', 40),
  ...bands('second', 'above', 30, [[0, 3500000, 60], [3500000, 8500000, 65], [8500000, Infinity, 70]]),
  step('done', 20),
];

function eligible(params, almanac) {
  return almanac.factValue('lines').then((lines) => {
    let sum = 0;
    for (const line of lines) sum += line.fen - round(line.fen * prepay[line.class]);
    return sum;
  });
}

export const name = 'json-rules-engine';

export function build() {
  const engine = new Engine(rules);
  engine.addFact('eligible', eligible);
  let full;
  let answer;
  engine.on('band', async ({ layer, fact, low, high, percent }, almanac) => {
    const amount = await almanac.factValue(fact);
    full[layer] += (Math.min(amount, high) - low) * percent;
  });
  engine.on('cap', async (params, almanac) => {
    const prior = await almanac.factValue('prior_fen');
    answer.eligible = await almanac.factValue('eligible');
    answer.basic = Math.min(round(full.basic), Math.max(0, 10000000 - prior));
    almanac.addFact('above', Math.max(0, answer.eligible - answer.basic - 1500000));
  });
  engine.on('done', async (params, almanac) => {
    const lines = await almanac.factValue('lines');
    answer.second = round(full.second);
    answer.cash = lines.reduce((sum, line) => sum + line.fen, 0) - answer.basic - answer.second;
  });
  return async (bill) => {
    full = { basic: 0, second: 0 };
    answer = {};
    await engine.run(bill);
    return answer;
  };
}
