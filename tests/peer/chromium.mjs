// A headless Chromium, spoken to over a pipe: no port, nothing to install but the browser.
import {spawn} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

const kFlags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
  '--ignore-certificate-errors', '--remote-debugging-pipe'];

export class Chromium {
  #folder = mkdtempSync(join(tmpdir(), 'signalr-peer-'));
  #process = spawn('chromium', [...kFlags, `--user-data-dir=${this.#folder}`, 'about:blank'],
    {stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe']});
  #asked = new Map();
  #lastId = 0;
  #unread = '';
  #complaints = '';

  constructor() {
    this.#process.on('error', error => this.#fail(`can't run chromium (scripts/bootstrap peer): ${error.message}`));
    this.#process.on('exit', () => this.#fail(`chromium ended: ${this.#complaints}`));
    this.#process.stderr.on('data', text => { this.#complaints += text; });
    this.#process.stdio[3].on('error', () => {});
    this.#process.stdio[4].setEncoding('utf8').on('data', text => this.#read(text));
  }

  #fail(message) {
    for (const {reject} of this.#asked.values()) reject(new Error(message));
    this.#asked.clear();
  }

  #read(text) {
    const messages = (this.#unread + text).split('\0');
    this.#unread = messages.pop();
    for (const message of messages.map(json => JSON.parse(json))) {
      const asked = this.#asked.get(message.id);
      this.#asked.delete(message.id);
      if (message.error) asked?.reject(new Error(message.error.message));
      else asked?.resolve(message.result);
    }
  }

  ask(method, params = {}, sessionId = undefined) {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#asked.set(id, {resolve, reject});
      this.#process.stdio[3].write(JSON.stringify({id, method, params, sessionId}) + '\0');
    });
  }

  /// A page of that origin, with these scripts in it. The document is whatever the URL answers with.
  async open(url, scripts) {
    const {targetId} = await this.ask('Target.createTarget', {url: 'about:blank'});
    const {sessionId} = await this.ask('Target.attachToTarget', {targetId, flatten: true});
    const page = new Page(this, targetId, sessionId);
    const {errorText} = await this.ask('Page.navigate', {url}, sessionId);
    if (errorText) throw new Error(`${url}: ${errorText}`);
    await page.run(() => document.readyState === 'complete' || new Promise(loaded => { window.onload = loaded; }));
    for (const script of scripts) await page.evaluate(`${script}\n;undefined`);
    return page;
  }

  async close() {
    await this.ask('Browser.close').catch(() => {});
    if (this.#process.exitCode === null) await new Promise(ended => this.#process.once('exit', ended));
    rmSync(this.#folder, {recursive: true, force: true, maxRetries: 5});
  }
}

class Page {
  constructor(browser, targetId, sessionId) {
    Object.assign(this, {browser, targetId, sessionId});
  }

  async evaluate(expression) {
    const {result, exceptionDetails} = await this.browser.ask('Runtime.evaluate',
      {expression, awaitPromise: true, returnByValue: true}, this.sessionId);
    if (exceptionDetails) {
      throw new Error(`in the page: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
    }
    return result.value;
  }

  /// Runs a function in the page and gives its result; both travel as text.
  run(task, ...args) {
    return this.evaluate(`(${task})(...${JSON.stringify(args)})`);
  }

  async close() {
    await this.browser.ask('Target.closeTarget', {targetId: this.targetId});
  }
}
