// The test server as a child process, and what it says about its connections.
import {spawn} from 'node:child_process';
import {createInterface} from 'node:readline';

export class TestServer {
  #process;
  #lines = [];
  #waiting = [];

  /// Started once its URL is known; takes the options of the program.
  static async start(...options) {
    const server = new TestServer();
    server.#process = spawn(process.argv[2], ['--events', ...options], {stdio: ['ignore', 'pipe', 'inherit']});
    server.#process.on('exit', (code, signal) => server.#hear(`ended with ${code ?? signal}`));
    createInterface({input: server.#process.stdout}).on('line', line => server.#hear(line));
    server.url = await server.#next(line => line.startsWith('http') || line.startsWith('ended'));
    if (!server.url.startsWith('http')) throw new Error(`the test server ${server.url}`);
    return server;
  }

  #hear(line) {
    this.#lines.push(line);
    this.#waiting = this.#waiting.filter(({matches, resolve}) => !matches(line) || resolve(line));
  }

  #next(matches) {
    const heard = this.#lines.find(matches);
    if (heard !== undefined) return heard;
    return new Promise(resolve => this.#waiting.push({matches, resolve}));
  }

  /// Waits for a line like "disconnected stop ID", or has heard it already.
  async saw(event, id) {
    await this.#next(line => line === `${event} ${id}`);
  }

  /// What it has said of a connection so far, without the id. The same twice in a row is told once: a poll that the
  /// abort has overtaken on its way finds the abort too, and ends once more.
  events(id) {
    const said = this.#lines.filter(line => line.endsWith(` ${id}`)).map(line => line.slice(0, -id.length - 1));
    return said.filter((line, at) => line !== said[at - 1]);
  }

  /// All connections are reset, the server goes on. Resolves when they are.
  async resetConnections() {
    const done = new Promise(resolve => this.#waiting.push({matches: line => line === 'reset', resolve}));
    this.#process.kill('SIGHUP');
    await done;
  }

  /// Takes connections and answers nothing, until it thaws.
  freeze() {
    this.#process.kill('SIGSTOP');
  }
  thaw() {
    this.#process.kill('SIGCONT');
  }

  stop() {
    this.thaw();
    this.#process.kill('SIGTERM');
  }
}
