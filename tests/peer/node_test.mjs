// The Node client node-signalr 3.1.0, which speaks protocol 1.5 over WebSockets alone, against the test server:
// node_test.mjs TEST-SERVER NODE_MODULES
import assert from 'node:assert/strict';
import {once} from 'node:events';
import {createRequire} from 'node:module';
import {after, test} from 'node:test';

import {TestServer} from './test_server.mjs';

const {Client} = createRequire(process.argv[3] + '/')('node-signalr');

const server = await TestServer.start('--tick-ms', '20');
after(() => server.stop());

// A test with clients of its own: `connect` gives one that is started.
function scenario(name, run) {
  test(name, {timeout: 30_000}, async () => {
    const clients = [];
    try {
      await run(async (hub, handlers = {}) => {
        const client = new Client(`${server.url}/signalr`, [hub]);
        client.reconnectDelayTime = 1;
        client.on('error', () => {});
        for (const [method, handler] of Object.entries(handlers)) client.connection.hub.on(hub, method, handler);
        clients.push(client);
        client.start();
        await once(client, 'connected');
        return client;
      });
    } finally {
      for (const client of clients) client.end(true);
    }
  });
}

// Resolves with the arguments of the first call that a handler gets.
function firstCall() {
  let handler;
  const called = new Promise(resolve => { handler = (...args) => resolve(args); });
  return {handler, called};
}

scenario('node-signalr connects and is called by the server, in order', async connect => {
  const ticks = [];
  let enough;
  const all = new Promise(resolve => { enough = resolve; });
  const client = await connect('TestHub', {tick: ({n}) => ticks.push(n) < 20 || enough()});
  await server.saw('connected webSockets', client.connection.id);
  await all;
  assert.deepEqual(ticks, ticks.map((_, i) => ticks[0] + i));
});

scenario('node-signalr calls methods and gets their results', async connect => {
  const {connection: {hub}} = await connect('TestHub');
  const value = {text: 'grüße "quoted" \u{1F600}', list: [1, -2.5, null, true]};
  assert.deepEqual(await hub.call('TestHub', 'Echo', value), value);
  assert.deepEqual(await Promise.all([1, 2, 3].map(n => hub.call('TestHub', 'Echo', n))), [1, 2, 3]);
});

scenario('node-signalr gets the text of a hub\'s error', async connect => {
  const {connection: {hub}} = await connect('TestHub');
  await assert.rejects(hub.call('TestHub', 'Fail', 'no such price', {code: 42}),
    error => String(error?.message ?? error) === 'no such price');
});

scenario('node-signalr is in groups', async connect => {
  const joined = firstCall();
  const message = firstCall();
  const ann = await connect('Chat', {joined: joined.handler, message: message.handler});
  const bob = await connect('Chat');
  await ann.connection.hub.call('Chat', 'Join', 'hall', 'ann');
  assert.deepEqual((await bob.connection.hub.call('Chat', 'Join', 'hall', 'bob')).sort(), ['ann', 'bob']);
  assert.deepEqual(await joined.called, ['bob']);
  bob.connection.hub.invoke('Chat', 'Send', 'hello');
  assert.deepEqual(await message.called, ['bob', 'hello']);
});

// It connects anew with its old token, which a server must take.
scenario('node-signalr comes back after a cut connection', async connect => {
  let ticks = 0;
  let ticked = () => {};
  const client = await connect('TestHub', {tick: () => { ++ticks; ticked(); }});
  const again = once(client, 'connected');
  await server.resetConnections();
  await again;
  assert.equal(await client.connection.hub.call('TestHub', 'Echo', 'here again'), 'here again');
  const before = ticks;
  while (ticks === before) await new Promise(resolve => { ticked = resolve; });
});

scenario('node-signalr ends, and the server is told', async connect => {
  const client = await connect('TestHub');
  const {id} = client.connection;
  client.end();
  await server.saw('disconnected stop', id);
  assert.deepEqual(server.events(id), ['connected webSockets', 'disconnected stop']);
});
