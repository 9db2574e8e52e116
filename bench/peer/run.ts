import { readFileSync } from 'node:fs';

import { compare, parseReport, summary } from './ratios.ts';

const HELP = `Usage: potluck bench peer PEER_REPORT OUR_REPORT...

Prints the comparison with another OpenStack as a table in Markdown. The reports are what measure.sh and footprint.py
print (../shared/peer beside this repository); of ours there may be several, as the servers of the long listing are
made on simulated hosts, like the peer's by Nova's fake driver. docs/performance.md says how both sides were run.
`;

const [peerFile, ...ourFiles] = process.argv.slice(2);
if (peerFile === undefined || peerFile.startsWith('-') || ourFiles.length === 0) {
  process.stderr.write(HELP);
  process.exit(2);
}
const peer = parseReport(readFileSync(peerFile, 'utf8'));
const ours = parseReport(ourFiles.map((file) => readFileSync(file, 'utf8')).join('\n'));
const rows = compare(peer, ours);
const digits = (value: number) => value.toLocaleString('en', { maximumSignificantDigits: 3 });

console.log('| what | OpenStack | Potluck | ratio |');
console.log('| --- | --- | --- | --- |');
for (const row of rows) {
  console.log(
    `| ${row.name} | ${digits(row.peer)} ${row.unit} | ${digits(row.ours)} ${row.unit} | ${digits(row.ratio)} |`,
  );
}
const { median, lowest } = summary(rows);
console.log(
  `\nMedian of the p50 ratios: ${digits(median)}. Lowest of all: ${lowest?.name} with ${digits(lowest?.ratio ?? 0)}.`,
);
