// In the page, beside jQuery and Microsoft's client: a connection whose events can be waited for one by one.
'use strict';

// What comes, in order, one at a time. `all` has everything.
class Arrivals {
  all = [];
  #taken = 0;
  #wake = () => {};

  push(item) {
    this.all.push(item);
    this.#wake();
  }
  async next() {
    while (this.#taken === this.all.length) await new Promise(resolve => { this.#wake = resolve; });
    return this.all[this.#taken++];
  }
  // Takes until one is like this.
  async until(wanted) {
    while (JSON.stringify(await this.next()) !== JSON.stringify(wanted));
  }
}

// The polls under way. A browser repeats one that the server has not begun to answer, and says nothing, so what is to be
// cut must have come that far; the page knows it from the first keep-alive.
const polls = new Set();
const pollsMoved = new Arrivals();
const openRequest = XMLHttpRequest.prototype.open;
XMLHttpRequest.prototype.open = function (method, url, ...more) {
  if (/\/(connect|poll)\?/.test(url)) {
    polls.add(this);
    this.addEventListener('readystatechange', () => pollsMoved.push('moved'));
    this.addEventListener('loadend', () => polls.delete(this));
  }
  openRequest.call(this, method, url, ...more);
};
async function polling(connections) {
  while ([...polls].filter(({readyState}) => readyState >= 2).length < connections) await pollsMoved.next();
}

class Peer {
  states = new Arrivals();
  errors = [];
  slow = 0;

  // `calls`: the methods that the server calls on the hub.
  constructor(hub, ...calls) {
    this.connection = $.hubConnection();
    this.hub = this.connection.createHubProxy(hub);
    for (const method of calls) {
      this[method] = new Arrivals();
      this.hub.on(method, (...args) => this[method].push(args.length === 1 ? args[0] : args));
    }
    this.#watch();
  }

  #watch() {
    const names = Object.fromEntries(Object.entries($.signalR.connectionState).map(([name, n]) => [n, name]));
    this.connection.stateChanged(({newState}) => this.states.push(names[newState]));
    this.connection.error(error => this.errors.push(String(error)));
    this.connection.connectionSlow(() => ++this.slow);
  }

  async start(transport) {
    await this.connection.start({transport});
    return {id: this.connection.id, transport: this.connection.transport.name};
  }

  // The result, or what the client made of the error.
  async invoke(method, ...args) {
    const progress = [];
    try {
      const result = await this.hub.invoke(method, ...args).progress(step => progress.push(step));
      return {result, progress};
    } catch (error) {
      return {error: error.message, source: error.source, data: error.data};
    }
  }

  stop() {
    this.connection.stop();
  }
}

Object.assign(window, {Arrivals, Peer, polling});
