// Draws what run.mjs measured as a table, and fails where a page is below what
// the shop holds itself to.
import { createInterface } from 'node:readline';

const least = { performance: 98, accessibility: 100, 'best-practices': 100, seo: 100 };
const row = (cells) => console.log(cells.map((c, i) => (i ? String(c).padStart(15) : String(c).padEnd(48))).join(''));
row(['page', ...Object.keys(least), 'paint, ms', 'blocked, ms', 'shift']);

let pages = 0;
let code = 0;
for await (const line of createInterface({ input: process.stdin })) {
  const p = JSON.parse(line);
  pages++;
  row([p.path, ...Object.keys(least).map((id) => p.scores[id] ?? '–'), p.paint ?? '–', p.blocked ?? '–', (p.shift ?? 0).toFixed(3)]);
  for (const [id, goal] of Object.entries(least)) {
    if (p.scores[id] < goal) {
      console.log(`  ${id} below ${goal}: ${p.wrong.join(', ')}`);
      code = 1;
    }
  }
}
process.exit(pages ? code : 1);
