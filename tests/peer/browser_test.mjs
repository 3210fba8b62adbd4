// Microsoft's own JavaScript client 2.4.3 in a browser, against the test server, over each of the transports that we
// speak: browser_test.mjs TEST-SERVER NODE_MODULES. No sleep: all waits are for events, and a test's timeout ends them.
import assert from 'node:assert/strict';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, test} from 'node:test';

import {Chromium} from './chromium.mjs';
import {TestServer} from './test_server.mjs';

const packages = process.argv[3];
const scripts = [join(packages, 'jquery/dist/jquery.js'), join(packages, 'signalr/jquery.signalR.js'),
  new URL('page.js', import.meta.url)].map(file => readFileSync(file, 'utf8'));
const kTransports = ['webSockets', 'serverSentEvents', 'longPolling'];

const browser = new Chromium();
const server = await TestServer.start('--tick-ms', '20');
after(async () => {
  server.stop();
  await browser.close();
});

// A test with a page of its own, whose origin is the server's: the document is the answer to a ping.
function scenario(name, run, at = server) {
  test(name, {timeout: 30_000}, async () => {
    const page = await browser.open(`${at.url}/signalr/ping`, scripts);
    try {
      await run(page);
    } finally {
      await page.close();
    }
  });
}

// A scenario with a server of its own.
function scenarioWith(options, name, run) {
  test(name, {timeout: 30_000}, async () => {
    const own = await TestServer.start(...options);
    const page = await browser.open(`${own.url}/signalr/ping`, scripts);
    try {
      await run(page, own);
    } finally {
      await page.close();
      own.stop();
    }
  });
}

for (const transport of kTransports) {
  scenario(`${transport}: connects, and both ends agree over what`, async page => {
    const {started, states} = await page.run(async transport => {
      const peer = new Peer('TestHub', 'tick');
      return {started: await peer.start(transport), states: peer.states.all};
    }, transport);
    assert.equal(started.transport, transport);
    assert.deepEqual(states, ['connecting', 'connected']);
    await server.saw(`connected ${transport}`, started.id);
  });

  scenario(`${transport}: is called by the server, in order`, async page => {
    const ticks = await page.run(async transport => {
      const peer = new Peer('TestHub', 'tick');
      await peer.start(transport);
      while (peer.tick.all.length < 20) await peer.tick.next();
      return peer.tick.all.slice(0, 20).map(({n}) => n);
    }, transport);
    assert.deepEqual(ticks, ticks.map((_, i) => ticks[0] + i));
  });

  scenario(`${transport}: calls methods and gets their results`, async page => {
    const value = {text: 'grüße, "quotes" & 100% + \\ \u2028 \u{1F600}', list: [1, -2.5, null, true], empty: {}};
    const [echo, nothing, large, unknown] = await page.run(async (transport, value) => {
      const peer = new Peer('TestHub', 'tick');
      await peer.start(transport);
      const large = await peer.invoke('Echo', 'x'.repeat(50_000));
      return [await peer.invoke('Echo', value), await peer.invoke('Nothing'), large.result.length,
        await peer.invoke('NoSuchMethod')];
    }, transport, value);
    assert.deepEqual(echo, {result: value, progress: []});
    assert.equal(nothing.result ?? null, null);
    assert.equal(nothing.error, undefined);
    assert.equal(large, 50_000);
    assert.match(unknown.error, /NoSuchMethod/);
  });

  scenario(`${transport}: gets a hub's error with its data`, async page => {
    const failed = await page.run(async transport => {
      const peer = new Peer('TestHub', 'tick');
      await peer.start(transport);
      return peer.invoke('Fail', 'no such price', {code: 42});
    }, transport);
    assert.deepEqual(failed, {error: 'no such price', source: 'HubException', data: {code: 42}});
  });

  // Over HTTP the result may overtake the last report, so the job is a long one, and we leave before its end.
  scenario(`${transport}: hears of progress`, async page => {
    const heard = await page.run(async transport => {
      const peer = new Peer('Jobs');
      await peer.start(transport);
      const progress = new Arrivals();
      peer.hub.invoke('Run', 100_000).progress(step => progress.push(step));
      while (progress.all.length < 3) await progress.next();
      return progress.all.slice(0, 3);
    }, transport);
    assert.deepEqual(heard, [1, 2, 3].map(n => ({Step: n, Of: 100_000})));
  });

  scenario(`${transport}: shares the hub's state`, async page => {
    const [first, second, state] = await page.run(async transport => {
      const peer = new Peer('TestHub', 'tick');
      peer.hub.state.note = {from: 'client'};
      await peer.start(transport);
      return [await peer.invoke('Note', 'one'), await peer.invoke('Note', 'two'), peer.hub.state.note];
    }, transport);
    assert.deepEqual([first.result, second.result, state], [{from: 'client'}, 'one', 'two']);
  });

  scenarioWith(['--keep-alive-ms', '1000'], `${transport}: is in groups, also after a cut connection`, async (page, own) => {
    const ids = await page.run(async transport => {
      const people = {ann: new Peer('Chat', 'joined', 'message', 'left'), bob: new Peer('Chat', 'message')};
      const ids = [(await people.ann.start(transport)).id, (await people.bob.start(transport)).id];
      await people.ann.invoke('Join', 'lobby', 'ann');
      await people.bob.invoke('Join', 'lobby', 'bob');
      await people.ann.joined.until('bob');
      await people.bob.invoke('Send', 'before');
      for (const one of Object.values(people)) await one.message.until(['bob', 'before']);
      if (transport === 'longPolling') await polling(2);
      window.people = people;
      return ids;
    }, transport);

    await own.resetConnections();
    for (const id of ids) await own.saw(`reconnected ${transport}`, id);
    const heard = await page.run(async () => {
      const {ann, bob} = window.people;
      await bob.states.until('reconnecting');
      await bob.states.until('connected');
      await bob.invoke('Send', 'after');
      for (const one of [ann, bob]) await one.message.until(['bob', 'after']);
      await bob.invoke('Leave');
      await ann.left.until('bob');
      return ann.message.all;
    });
    assert.deepEqual(heard, [['bob', 'before'], ['bob', 'after']]);
  });

  scenario(`${transport}: reconnects after a cut connection and has missed nothing`, async page => {
    const id = await page.run(async transport => {
      window.peer = new Peer('TestHub', 'tick');
      const {id} = await peer.start(transport);
      await peer.tick.next();
      return id;
    }, transport);
    do {
      await server.resetConnections();
    } while (!await page.run(async () => {
      for (let n = 0; n < 20; ++n) await peer.tick.next();
      return peer.states.all.includes('reconnecting');  // not if it was between two polls
    }));
    await server.saw(`reconnected ${transport}`, id);
    const {states, ticks, echo} = await page.run(async () => {
      const echo = await peer.invoke('Echo', 'here again');
      const before = peer.tick.all.length;
      while (peer.tick.all.length < before + 10) await peer.tick.next();
      return {states: peer.states.all, ticks: peer.tick.all.map(({n}) => n), echo: echo.result};
    });
    assert.match(states.join(), /^connecting,connected(,reconnecting,connected)+$/);
    assert.deepEqual(ticks, ticks.map((_, i) => ticks[0] + i));
    assert.equal(echo, 'here again');
  });

  // Over long polling it cuts its poll off right after the abort: a server that sees the cut first reads no abort (P§5.5).
  const told = transport !== 'longPolling';
  scenario(`${transport}: stops${told ? ', and the server is told' : ''}`, async page => {
    const {id, states} = await page.run(async transport => {
      const peer = new Peer('TestHub', 'tick');
      const {id} = await peer.start(transport);
      peer.stop();
      return {id, states: peer.states.all};
    }, transport);
    assert.equal(states.at(-1), 'disconnected');
    if (!told) return;
    await server.saw('disconnected stop', id);
    assert.deepEqual(server.events(id), [`connected ${transport}`, 'disconnected stop']);
  });

  scenario(`${transport}: speaks to a raw persistent connection`, async page => {
    const heard = await page.run(async transport => {
      const connection = $.connection('/echo');
      const received = new Arrivals();
      connection.received(data => received.push(data));
      await connection.start({transport});
      connection.send('hello');
      return received.next();
    }, transport);
    assert.equal(heard, 'hello');
  });
}

// Over long polling nobody watches for silence.
for (const transport of ['webSockets', 'serverSentEvents']) {
  scenarioWith(['--keep-alive-ms', '1000', '--tick-ms', '0'],
    `${transport}: is kept alive, and reconnects when the server falls silent`, async (page, own) => {
      const {id, alive} = await page.run(async transport => {
        window.peer = new Peer('TestHub', 'tick');
        const {id} = await peer.start(transport);
        const logged = $.signalR.transports._logic.markLastMessage;
        const marks = new Arrivals();
        $.signalR.transports._logic.markLastMessage = connection => { logged(connection); marks.push('mark'); };
        for (let n = 0; n < 3; ++n) await marks.next();
        return {id, alive: peer.states.all};
      }, transport);
      assert.deepEqual(alive, ['connecting', 'connected']);
      own.freeze();
      const slow = await page.run(async () => {
        await peer.states.until('reconnecting');
        return peer.slow;
      });
      assert.equal(slow, 1);
      own.thaw();
      await own.saw(`reconnected ${transport}`, id);
      await page.run(() => peer.states.until('connected'));
    });
}

scenario('webSockets: hears of all progress before the result', async page => {
  const counted = await page.run(async () => {
    const peer = new Peer('TestHub', 'tick');
    await peer.start('webSockets');
    return peer.invoke('Count', 5);
  });
  assert.deepEqual(counted, {result: 5, progress: [1, 2, 3, 4, 5]});
});

for (const [refused, chosen] of [['', 'webSockets'], ['webSockets', 'serverSentEvents'],
  ['webSockets,serverSentEvents', 'longPolling']]) {
  scenarioWith(refused ? ['--refuse', refused] : [],
    `auto: with ${refused || 'nothing'} refused it is ${chosen}`, async (page, own) => {
      const {started, echo} = await page.run(async () => {
        const peer = new Peer('TestHub', 'tick');
        const started = await peer.start('auto');
        return {started, echo: await peer.invoke('Echo', 1)};
      });
      assert.equal(started.transport, chosen);
      assert.equal(echo.result, 1);
      assert.deepEqual(own.events(started.id), [`connected ${chosen}`]);
    });
}

test('over TLS all transports do the same', {timeout: 30_000}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'signalr-peer-'));
  const own = await TestServer.start('--tls', folder);
  const page = await browser.open(`${own.url}/signalr/ping`, scripts);
  try {
    for (const transport of kTransports) {
      const echo = await page.run(async transport => {
        const peer = new Peer('TestHub', 'tick');
        await peer.start(transport);
        return peer.invoke('Echo', 'secret');
      }, transport);
      assert.equal(echo.result, 'secret');
    }
  } finally {
    await page.close();
    own.stop();
    rmSync(folder, {recursive: true});
  }
});
