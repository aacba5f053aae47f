// node run.js BILLS [ROUNDS]: BILLS holds one JSON object a line, as `settle_bench export` writes them. Every answer is compared before
// anything is timed. Prints one line per peer in the form of `settle_bench run`.
import { readFileSync } from 'node:fs';
import * as zen from './zen.js';
import * as jsonRules from './json_rules.js';

const [file, rounds = '5'] = process.argv.slice(2);
const bills = readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line));
const inputs = bills.map(({ prior_fen, lines }) => ({ prior_fen, lines }));

const cpuSeconds = () => {
  const { user, system } = process.cpuUsage();   // of all threads: a peer may work in several
  return (user + system) / 1e6;
};

async function check(peer, settle) {
  for (const [i, bill] of bills.entries()) {
    const got = await settle(inputs[i]);
    for (const [key, fen] of Object.entries(bill.answer)) {
      if (Number(got[key]) === fen) continue;
      throw new Error(`${peer.name}, bill ${i}: ${key} is ${got[key]}, not ${fen}`);
    }
  }
}

for (const peer of [zen, jsonRules]) {
  const settle = peer.build();
  await check(peer, settle);
  const rates = [];
  for (let round = 0; round < Number(rounds); ++round) {
    const start = cpuSeconds();
    for (const input of inputs) await settle(input);
    rates.push(inputs.length / (cpuSeconds() - start));
  }
  rates.sort((a, b) => a - b);
  const fields = [rates[Math.floor(rates.length / 2)], rates[0], rates[rates.length - 1]].map((rate) => rate.toFixed(0));
  console.log([`${peer.name}, standard case`, ...fields, 0, ''].join('\t'));
}
process.exit(0);
