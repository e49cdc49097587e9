// Measures pages with Lighthouse in the machine's own Chromium, on a phone.
//
//   node run.mjs BASE RUNS PATH...
//
// prints a line of JSON for each page: the median of each category's score, the
// audits that are not whole, and what moved or was large. RUNS 0 measures once
// and leaves out what depends on the clock.
import { existsSync } from 'node:fs';

const [base, count, ...paths] = process.argv.slice(2);
const runs = Math.max(1, Number(count));
const timed = Number(count) > 0;

const modules = new URL('../../bin/tools/lighthouse/node_modules/', import.meta.url);
const { default: lighthouse } = await import(new URL('lighthouse/core/index.js', modules));
const { launch } = await import(new URL('chrome-launcher/dist/index.js', modules));

const chromePath = process.env.CHROME_PATH
  ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => existsSync(path));
const chrome = await launch({ chromePath, chromeFlags: ['--headless=new', '--no-sandbox', '--disable-gpu'], logLevel: 'silent' });

const still = ['cumulative-layout-shift', 'unsized-images', 'total-byte-weight', 'lcp-discovery-insight', 'uses-text-compression'];
const settings = timed
  ? {}
  : { onlyCategories: ['accessibility', 'best-practices', 'seo'], onlyAudits: still, throttlingMethod: 'provided' };

const median = (list) => list.sort((a, b) => a - b)[Math.floor(list.length / 2)];

// On a busy machine Chromium may lose the beginning of a page: that is no
// measurement, and it is made again.
const patience = 3;

async function look(path) {
  for (let n = 1; ; n++) {
    const { lhr } = await lighthouse(base + path, { port: chrome.port, output: 'json', logLevel: 'silent', ...settings });
    if (!lhr.runtimeError) return lhr;
    if (n === patience) throw new Error(`${path}: ${lhr.runtimeError.message}`);
  }
}

async function measure(path) {
  const reports = [];
  for (let n = 0; n < runs; n++) reports.push(await look(path));
  const scores = {};
  for (const id of Object.keys(reports[0].categories)) {
    scores[id] = median(reports.map((r) => Math.round((r.categories[id].score ?? 0) * 100)));
  }
  const { audits, categories } = reports[0];
  const weighed = new Set(Object.values(categories).flatMap((c) => c.auditRefs.filter((a) => a.weight > 0).map((a) => a.id)));
  const wrong = Object.values(audits)
    .filter((a) => (weighed.has(a.id) || (!timed && still.includes(a.id))) && a.score !== null && a.score < 0.9)
    .map((a) => a.id);
  return {
    path, scores, wrong, audits: Object.keys(audits).length,
    shift: audits['cumulative-layout-shift']?.numericValue ?? null,
    bytes: audits['total-byte-weight']?.numericValue ?? null,
    paint: timed ? median(reports.map((r) => Math.round(r.audits['largest-contentful-paint'].numericValue))) : undefined,
    blocked: timed ? median(reports.map((r) => Math.round(r.audits['total-blocking-time'].numericValue))) : undefined,
  };
}

let code = 0;
try {
  for (const path of paths) console.log(JSON.stringify(await measure(path)));
} catch (err) {
  console.error(String(err));
  code = 1;
}
await chrome.kill();
process.exit(code);
