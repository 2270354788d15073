import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recording, startAffect } from './affect-process.ts';

const executablePath =
  process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
const screenshots = fileURLToPath(new URL('../dist/screenshots/', import.meta.url));

let folder = '';
const pages = {
  e4: { files: [recording('e4-s02')], path: '' },
  cyton: { files: [recording('cyton-v6-12s.txt.gz')], path: '' },
  both: { files: [recording('cyton-v6-12s.txt.gz'), recording('e4-s02')], path: '' },
};
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'report-'));
  mkdirSync(screenshots, { recursive: true });
  for (const [name, page] of Object.entries(pages)) {
    page.path = join(folder, `${name}.html`);
    const affect = startAffect('report', ...page.files, '-o', page.path);
    expect((await affect.ended).code, affect.stderr()).toBe(0);
    expect(affect.stdout()).toBe('');
  }
});
afterAll(() => rm(folder, { recursive: true }));

describe('the report', () => {
  test.each(Object.keys(pages) as (keyof typeof pages)[])('of %s is one file below 3 MB that names nothing outside itself', (name) => {
    const page = readFileSync(pages[name].path, 'utf8');
    expect(statSync(pages[name].path).size).toBeLessThan(3e6);
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/<script|(?:src|href)="(?!#|data:,")|@import|url\(/);
    expect(page).not.toMatch(/NaN|undefined|Infinity|\[object/);
  });

  test('has the same numbers beside it as JSON', () => {
    const data = JSON.parse(readFileSync(pages.e4.path.replace('.html', '.json'), 'utf8'));
    expect(data).toMatchObject({ schema: 'affect.report/1', simulated: false, pairing: null });
    expect(data.signals.map(({ id }: { id: string }) => id)).toContain('eda');
    expect(data.eda[0].nResponses).toBeGreaterThan(0);
    expect(data.notMeasured.join()).toContain('no EEG');
  });

  test('is the same, byte for byte, whenever it is made of the same recording', async () => {
    const again = join(folder, 'again.html');
    expect((await startAffect('report', ...pages.cyton.files, '-o', again).ended).code).toBe(0);
    expect(readFileSync(again, 'utf8')).toBe(readFileSync(pages.cyton.path, 'utf8'));
  });

  test('of the palm holds responses to the palm’s limits, and splits each moment once', async () => {
    const palm = join(folder, 'palm.html');
    expect((await startAffect('report', ...pages.e4.files, '-o', palm, '--site', 'palm').ended).code).toBe(0);
    const [wrist, own] = [pages.e4.path, palm].map((path) => JSON.parse(readFileSync(path.replace('.html', '.json'), 'utf8')).eda[0]);
    expect([own.site, own.smallestResponseMicrosiemens]).toEqual(['palm', 0.05]);
    expect(own.nResponses).toBeLessThan(wrist.nResponses);
    expect(own.tonic.mean).toHaveLength(wrist.tonic.mean.length);
  });

  test('says in one line why it cannot be written', async () => {
    const nowhere = startAffect('report', ...pages.cyton.files, '-o', join(folder, 'no', 'such.html'));
    expect((await nowhere.ended).code).toBe(2);
    expect(nowhere.stderr()).toContain('there is no such folder');
    const odd = startAffect('report', ...pages.cyton.files, '-o', join(folder, 'report.pdf'));
    expect((await odd.ended).code).toBe(2);
    expect(odd.stderr()).toContain('.html');
  });
});

describe.skipIf(executablePath === undefined)('the report in Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executablePath!, args: [...flags, '--disable-component-update', '--disable-sync'] });
  });
  afterAll(() => browser?.close());

  const heard: string[] = [];
  const opened = async (name: keyof typeof pages, colorScheme: 'light' | 'dark' = 'light'): Promise<Page> => {
    heard.length = 0;
    const page = await browser.newPage({ viewport: { width: 1100, height: 900 }, colorScheme });
    page.on('console', (message) => heard.push(message.text()));
    page.on('pageerror', (error) => heard.push(error.message));
    page.on('request', (request) => request.url().startsWith('file:') || request.url().startsWith('data:') || heard.push(request.url()));
    await page.goto(`file://${pages[name].path}`);
    await page.screenshot({ path: `${screenshots}report-${name}-${colorScheme}.png`, fullPage: true });
    return page;
  };
  const sections = (page: Page): Promise<string[]> => page.$$eval('section', (found) => found.map(({ id }) => id));
  const text = (page: Page, selector: string): Promise<string> => page.$eval(selector, (element) => element.textContent ?? '');

  test.each(['light', 'dark'] as const)(
    'of EEG: quality, spectra, scalp maps, bands, estimates, limits; not a word on the console (%s)',
    async (scheme) => {
      const page = await opened('cyton', scheme);
      expect(await sections(page)).toEqual(['quality', 'eeg', 'body', 'estimates', 'models', 'limits']);
      expect(await page.$$('svg.head')).toHaveLength(4);
      expect(await text(page, '#quality')).toMatch(/Fp1.*O2/s);
      expect(await page.$$('#eeg svg.picture')).toHaveLength(1 + 4);
      expect(await text(page, '#estimates')).toContain('Simulated data: shows the wiring, says nothing about people.');
      expect(await text(page, '#estimates')).toContain('How sure that is.');
      expect(await text(page, '#limits')).toContain('Skin conductance: the recording has none.');
      expect(await text(page, 'header')).toContain('not medical advice');
      expect(heard).toEqual([]);
      await page.close();
    },
  );

  test.each(['light', 'dark'] as const)(
    'of skin conductance: contact, tonic and phasic with responses, temperature, estimates (%s)',
    async (scheme) => {
      const page = await opened('e4', scheme);
      expect(await sections(page)).toEqual([
        'quality',
        'eda',
        'body',
        'estimates',
        ...((await page.$('#marks')) ? ['marks'] : []),
        'models',
        'limits',
      ]);
      expect(await text(page, '#eda')).toMatch(/\d+ responses of at least 0\.01 µS/);
      expect(await page.$$('#eda .stroke')).not.toHaveLength(0);
      expect(await text(page, '#body')).toContain('Skin temperature');
      expect(await text(page, '#quality')).toMatch(/Worn for/);
      expect(heard).toEqual([]);
      await page.close();
    },
  );

  test('of two people says on its first screen that they were paired for demonstration', async () => {
    const page = await opened('both');
    expect(await text(page, 'header')).toContain('paired for demonstration');
    expect(heard).toEqual([]);
    await page.close();
  });

  test('prints on A4: nothing wider than the paper, no navigation', async () => {
    const page = await opened('cyton');
    await page.setViewportSize({ width: 703, height: 1000 });
    await page.emulateMedia({ media: 'print' });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(703);
    expect(
      await page.$eval(
        'nav',
        (nav) => (globalThis as unknown as { getComputedStyle: (of: unknown) => { display: string } }).getComputedStyle(nav).display,
      ),
    ).toBe('none');
    expect((await page.pdf({ preferCSSPageSize: true })).length).toBeGreaterThan(20_000);
    await page.close();
  });

  test('every picture has words for whoever cannot see it, and the page an order of headings', async () => {
    const page = await opened('cyton');
    const silent = await page.$$eval('svg.picture, svg.head', (found) => found.filter((svg) => !svg.getAttribute('aria-label')).length);
    expect(silent).toBe(0);
    const levels = await page.$$eval('h1, h2, h3', (found) => found.map(({ tagName }) => Number(tagName[1])));
    expect(levels[0]).toBe(1);
    for (let i = 1; i < levels.length; i++) expect(levels[i]! - levels[i - 1]!).toBeLessThanOrEqual(1);
    await page.close();
  });
});
