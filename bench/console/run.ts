// How the console feels: the first page from nothing, and a list of 1,000 servers scrolled and searched, in a real Chromium against
// a cloud with simulated hosts on this machine. Prints figures beside their targets; it judges nothing.
import { parseArgs } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { open, settled, startBrowser, visit } from '../../test/console/visit.ts';
import { startConsoleCloud, type ConsoleCloud } from '../../test/console/cloud.ts';
import { apiOf } from '../../test/console/seed.ts';
import { median, percentile } from '../statistics.ts';

const { values } = parseArgs({
  options: {
    servers: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '5' },
    help: { type: 'boolean', short: 'h' },
  },
});
if (values.help) {
  process.stdout.write(
    'Usage: potluck bench console [--servers N] [--rounds N]\n\nNeeds node console/build.ts before.\n',
  );
  process.exit(0);
}
const wanted = Number(values.servers);
const rounds = Number(values.rounds);

const cloud = await startConsoleCloud({ hosts: 20 });
const browser = await startBrowser();
try {
  await firstPage(browser, cloud);
  const made = performance.now();
  await makeServers(cloud, wanted);
  say(`${wanted} servers, all ACTIVE`, `${((performance.now() - made) / 1000).toFixed(1)} s`, '');
  await longList(browser, cloud);
} finally {
  await browser.close();
  await cloud.stop();
}

function say(what: string, figure: string, target: string): void {
  process.stdout.write(`${what.padEnd(78)} ${figure.padStart(16)}   ${target}\n`);
}

/** From an empty cache, signed in: until the page has its heading, and what the browser was sent. */
async function firstPage(browser: Browser, cloud: ConsoleCloud): Promise<void> {
  const times: number[] = [];
  let bytes = 0;
  for (let round = 0; round < rounds; round++) {
    const { page, context, close } = await visit(browser, cloud);
    const network = await context.newCDPSession(page);
    bytes = 0;
    await network.send('Network.enable');
    network.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
    await page.goto('/', { waitUntil: 'commit' });
    await page.locator('main h1').waitFor();
    // What a person can press, since the navigation began.
    times.push(await page.evaluate<number>('performance.now()'));
    await settled(page);
    await close();
  }
  say(
    'first page until it can be used, empty cache (median)',
    `${median(times).toFixed(0)} ms`,
    'target: under 1000 ms',
  );
  say(
    'sent to the browser for it, compressed, answers included',
    `${Math.round(bytes / 1000)} kB`,
    'target: under 300 kB',
  );
}

async function makeServers(cloud: ConsoleCloud, count: number): Promise<void> {
  const admin = await apiOf(cloud, 'potluck');
  const demo = await apiOf(cloud, 'potluck-demo');
  const all = { instances: -1, cores: -1, ram: -1 };
  await admin('PUT', `/compute/v2.1/os-quota-sets/${demo.project}`, { quota_set: all });
  await admin('PUT', `/network/v2.0/quotas/${demo.project}`, { quota: { port: -1 } });
  const { flavors } = await demo<{ flavors: { id: string; name: string }[] }>('GET', '/compute/v2.1/flavors');
  // The smallest: the hosts have room for 1,000 of it.
  const flavor = flavors.find(({ name }) => name === 'tiny');
  const [image] = (await demo<{ images: { id: string }[] }>('GET', '/image/v2/images')).images;
  const { network } = await demo<{ network: { id: string } }>('POST', '/network/v2.0/networks', {
    network: { name: 'many' },
  });
  await demo('POST', '/network/v2.0/subnets', {
    subnet: { network_id: network.id, ip_version: 4, cidr: '10.200.0.0/20' },
  });
  for (let left = count; left > 0; left -= 100) {
    const some = Math.min(100, left);
    await demo('POST', '/compute/v2.1/servers', {
      server: {
        ...{ name: 'member', flavorRef: flavor?.id, imageRef: image?.id, networks: [{ uuid: network.id }] },
        ...{ min_count: some, max_count: some },
      },
    });
  }
  for (;;) {
    const some = async (status: string) =>
      (await demo<{ servers: unknown[] }>('GET', `/compute/v2.1/servers?status=${status}&limit=1000`)).servers.length;
    if ((await some('ACTIVE')) >= Math.min(count, 1000)) return;
    const failed = await some('ERROR');
    if (failed > 0) throw new Error(`${failed} of ${count} servers are in ERROR`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

async function longList(browser: Browser, cloud: ConsoleCloud): Promise<void> {
  const { page, close } = await visit(browser, cloud);
  const started = performance.now();
  await open(page, '/servers');
  await page.locator('tbody tr').nth(5).waitFor();
  say('the list, from its address to its rows', `${(performance.now() - started).toFixed(0)} ms`, '');
  for (const [how, share] of [
    ['as by the wheel, 70 rows a second', 140 / wanted],
    ['from end to end in two seconds', 1],
  ] as const) {
    const frames = await scroll(page, Math.min(1, share));
    const slow = frames.filter((one) => one > 50).length;
    say(`scrolled ${how}: a frame takes (median)`, `${median(frames).toFixed(1)} ms`, 'target: 16.7 ms');
    say('  95 of 100 within', `${percentile(frames, 0.95).toFixed(1)} ms`, 'target: 33 ms');
    say('  longest, and those over 50 ms', `${Math.max(...frames).toFixed(0)} ms, ${slow} of ${frames.length}`, '');
  }
  const searches: number[] = [];
  for (let round = 0; round < rounds; round++) searches.push(await search(page, `member-${round + 1}7`));
  say('a search, from the last key to the rows (median)', `${median(searches).toFixed(0)} ms`, 'target: under 100 ms');
  await close();
}

/** Milliseconds of each frame while a share of the list is scrolled through in two seconds. */
function scroll(page: Page, share: number): Promise<number[]> {
  return page.evaluate<number[]>(`new Promise((resolve) => {
    const box = document.querySelector('table').parentElement;
    const way = ${share} * (box.scrollHeight - box.clientHeight);
    const frames = [];
    const from = performance.now();
    let last = from;
    const step = (now) => {
      frames.push(now - last);
      last = now;
      const done = Math.min(1, (now - from) / 2000);
      box.scrollTop = done * way;
      if (done < 1) requestAnimationFrame(step);
      else resolve(frames.slice(1));
    };
    requestAnimationFrame(step);
  })`);
}

/** Milliseconds from the last key until the list shows fewer rows. */
async function search(page: Page, text: string): Promise<number> {
  const field = page.getByRole('searchbox');
  await field.fill('');
  await page.getByText(/^\d+ entries$/).waitFor();
  await field.fill(text.slice(0, -1));
  await field.focus();
  await page.keyboard.press('End');
  const watching = page.evaluate<number>(`new Promise((resolve) => {
    let from = 0;
    addEventListener('keydown', () => (from = performance.now()), { once: true });
    new MutationObserver((_, observer) => {
      if (from === 0 || !document.body.innerText.includes(' of ')) return;
      observer.disconnect();
      requestAnimationFrame(() => resolve(performance.now() - from));
    }).observe(document.querySelector('main'), { subtree: true, childList: true, characterData: true });
  })`);
  const [milliseconds] = await Promise.all([watching, page.keyboard.press(text.at(-1) ?? '7')]);
  return milliseconds;
}
