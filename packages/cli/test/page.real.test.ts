import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type AffectProcess, startAffect } from './affect-process.ts';

const executablePath =
  process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
const screenshots = fileURLToPath(new URL('../dist/screenshots/', import.meta.url));

/** What a hostile page tries against the server at `target`, as the text of a script: it runs in the browser, not here. */
const attack = (target: string): string => `(async () => {
  const tried = (start) => new Promise((done) => start(() => done('worked'), () => done('refused')));
  const read = await fetch('${target}').then(() => 'worked', () => 'refused');
  const socket = await tried((worked, refused) => {
    Object.assign(new WebSocket('${target.replace('http', 'ws')}live'), { onopen: worked, onerror: refused });
  });
  const script = await tried((worked, refused) => {
    document.head.append(Object.assign(document.createElement('script'), { src: '${target}page.js', type: 'module', onload: worked, onerror: refused }));
  });
  return { read, socket, script };
})()`;

let affect: AffectProcess;
let url = '';
beforeAll(async () => {
  affect = startAffect('demo');
  url = (await affect.until(/Page +(http:\S+)/))[1];
  await affect.until(/quality/);
});
afterAll(async () => {
  affect.signal('SIGINT');
  await affect.ended;
});

describe.skipIf(executablePath === undefined)('the page in Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executablePath!, args: [...flags, '--disable-component-update', '--disable-sync'] });
    mkdirSync(screenshots, { recursive: true });
  });
  afterAll(() => browser?.close());

  /** Everything the browser complained about. */
  const complaints = (page: Page): string[] => {
    const heard: string[] = [];
    page.on('console', (message) => ['error', 'warning'].includes(message.type()) && heard.push(message.text()));
    page.on('pageerror', (error) => heard.push(error.message));
    return heard;
  };
  /** A picture of one canvas as text, to see whether it changes. */
  const picture = (page: Page, selector: string): Promise<string> =>
    page.$eval(selector, (canvas) => (canvas as unknown as { toDataURL: () => string }).toDataURL());
  const text = (page: Page, selector: string): Promise<string> => page.$eval(selector, (element) => element.textContent ?? '');

  test.each(['light', 'dark'] as const)(
    'shows moving traces, the estimates and their warning, without a word on the console (%s)',
    async (colorScheme) => {
      const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme });
      const heard = complaints(page);
      await page.goto(url);
      await page.waitForSelector('#bands .cell');
      await page.waitForSelector('#estimates canvas');
      const before = { eeg: await picture(page, '#eeg'), eda: await picture(page, '#eda canvas'), clock: await text(page, '#clock') };
      await page.waitForTimeout(4000);
      expect(await picture(page, '#eeg')).not.toBe(before.eeg);
      expect(await picture(page, '#eda canvas')).not.toBe(before.eda);
      expect(await text(page, '#clock')).not.toBe(before.clock);
      expect(await page.$$('#bands .cell')).toHaveLength(8 * 4);
      expect(Number((await text(page, '#bands')).match(/\d\.\d\d/)?.[0])).toBeGreaterThan(0);
      expect(await text(page, '#readouts')).toMatch(/\d\.\d\d/);
      expect(await text(page, '#banner')).toBe('Simulated data: shows the wiring, says nothing about people.');
      expect(await text(page, '#models')).toContain('Simulated data: shows the wiring, says nothing about people.');
      expect(await text(page, '#notice')).toContain('not medical advice');
      expect(await text(page, '#phase')).toContain("the wearer's script: rest");
      await page.screenshot({ path: `${screenshots}page-${colorScheme}.png`, fullPage: true });
      expect(heard).toEqual([]);
      await page.close();
    },
  );

  test('two sensors of a kind, and two models with an output of one name, have curves of their own', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'affect-page-'));
    const wearer = (seed: number): string => `  - { device: simulated, link: 'simulated:wearer?seed=${seed}' }\n`;
    const config = join(folder, 'affect.yaml');
    writeFileSync(config, `version: 1\nsensors:\n${wearer(1)}${wearer(2)}page: { port: 0 }\nstate: { folder: state }\n`);
    const run = startAffect('run', '--config', config);
    const page = await browser.newPage();
    const heard = complaints(page);
    await page.goto((await run.until(/(http:\/\/127[^\s"]+:\d+\/)/))[1]);
    await page.waitForSelector('text=phasic · eda-2');
    const labels = (await page.$$eval('.readout > span:first-child', (spans) => spans.map(({ textContent }) => textContent ?? ''))).sort();
    expect(labels).toEqual(['arousal · EDA', 'p_high_arousal · EEG', 'p_stress · eda-physics-simulated', 'p_stress · eda-stress-predict']);
    expect(heard).toEqual([]);
    await page.close();
    run.signal('SIGINT');
    await run.ended;
    rmSync(folder, { recursive: true });
  }, 60_000);

  test('another site can neither read the page nor open its socket', async () => {
    const evil = createServer((_, response) => response.setHeader('Content-Type', 'text/html').end('<title>evil</title>')).listen(
      0,
      '127.0.0.1',
    );
    await new Promise((done) => evil.once('listening', done));
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(evil.address() as AddressInfo).port}/`);
    const outcome = await page.evaluate(attack(url));
    expect(outcome).toEqual({ read: 'refused', socket: 'refused', script: 'refused' });
    await page.close();
    evil.close();
  });
});

describe('the server', () => {
  const ask = (path: string, { method = 'GET', headers = {} }: { method?: string; headers?: Record<string, string> } = {}) =>
    new Promise<{ status: number; headers: Record<string, unknown> }>((done, reject) => {
      const { hostname, port } = new URL(url);
      request({ hostname, port, path, method, headers }, (response) => {
        response.resume();
        response.on('end', () => done({ status: response.statusCode!, headers: response.headers }));
      })
        .on('error', reject)
        .end();
    });

  test('serves four files with headers that allow nothing from elsewhere', async () => {
    for (const path of ['/', '/page.js', '/page.css', '/icon.svg', '/?x=1']) {
      const { status, headers } = await ask(path);
      expect(status).toBe(200);
      expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'");
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['cross-origin-resource-policy']).toBe('same-origin');
      expect(headers).not.toHaveProperty('access-control-allow-origin');
    }
  });

  test.each([
    ['/', { headers: { host: 'evil.example' } }, 421],
    ['/', { headers: { host: 'localhost.evil.example:8080' } }, 421],
    ['/', { method: 'POST' }, 405],
    ['/', { method: 'OPTIONS' }, 405],
    ['/../package.json', {}, 404],
    ['//', {}, 404],
    ['/page.js/..', {}, 404],
  ] as const)('%s with %j is answered with %d', async (path, options, status) => {
    expect((await ask(path, options)).status).toBe(status);
  });

  test.each([
    ['the right origin', 'same', 'open'],
    ['no origin', undefined, 403],
    ['another port', 'http://127.0.0.1:1', 403],
    ['another site', 'http://evil.example', 403],
    ['a sandboxed frame', 'null', 403],
  ] as const)('a socket with %s', async (_, origin, expected) => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}live`, {
      headers: origin ? { origin: origin === 'same' ? new URL(url).origin : origin } : {},
    });
    const outcome = await new Promise((done) => {
      socket.on('open', () => done('open'));
      socket.on('unexpected-response', (_request, response) => done(response.statusCode));
      socket.on('error', () => {});
    });
    expect(outcome).toBe(expected);
    socket.terminate();
  });

  test('a seventeenth page is refused, and a message too big closes its page only', async () => {
    const open = () => new WebSocket(`${url.replace('http', 'ws')}live`, { headers: { origin: new URL(url).origin } });
    const pages = Array.from({ length: 17 }, open);
    const outcomes = await Promise.all(
      pages.map(
        (page) =>
          new Promise((done) => {
            page.on('error', () => {});
            page.on('open', () => done(200));
            page.on('unexpected-response', (_, response) => done(response.statusCode));
          }),
      ),
    );
    expect(outcomes.filter((status) => status === 503).length).toBeGreaterThanOrEqual(1);
    const talker = pages[outcomes.indexOf(200)];
    const closed = new Promise((done) => talker.on('close', done));
    talker.send('x'.repeat(100_000));
    await closed;
    expect((await ask('/')).status).toBe(200);
    for (const page of pages) page.terminate();
  });

  test('frames come at most ten a second', async () => {
    const page = new WebSocket(`${url.replace('http', 'ws')}live`, { headers: { origin: new URL(url).origin } });
    const kinds: string[] = [];
    page.on('message', (data) => kinds.push(JSON.parse(data.toString()).type));
    await new Promise((done) => page.on('open', done));
    await new Promise((done) => setTimeout(done, 3000));
    page.terminate();
    expect(kinds[0]).toBe('hello');
    expect(kinds.length).toBeGreaterThan(15);
    expect(kinds.length).toBeLessThanOrEqual(33);
  });
});
