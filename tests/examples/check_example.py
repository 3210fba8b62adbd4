"""Runs an example against a test server of its own and checks what it prints: check_example.py SERVER NAME PROGRAM

No step waits for time to pass: each waits for output, and meson's timeout ends what hangs."""
import re
import subprocess
import sys

server, name, program = sys.argv[1:]
TRANSPORTS = ["webSockets", "serverSentEvents", "longPolling"]


def run(*args, code=0, text_in=None):
    """Its output; fails unless it ends with that code, and silently if that is 0."""
    done = subprocess.run([program, *args], input=text_in, capture_output=True, text=True)
    assert done.returncode == code, f"{args}: ended with {done.returncode}, said {done.stdout}{done.stderr}"
    assert code != 0 or done.stderr == "", f"{args}: said {done.stderr}"
    return done.stdout if code == 0 else done.stderr


def like(text, *patterns):
    """Whether the lines of the text match the patterns, one by one."""
    lines = text.splitlines()
    for line, pattern in zip(lines, patterns):
        assert re.fullmatch(pattern, line), f"expected {pattern!r}, got {line!r} in:\n{text}"
    assert len(lines) == len(patterns), f"expected {len(patterns)} lines, got:\n{text}"


class Guest:
    """Somebody in the chat, with a line in and lines out."""

    def __init__(self, url, who):
        self.process = subprocess.Popen([program, url, "lobby", who], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def says(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def hears(self, expected):
        line = self.process.stdout.readline()
        assert line == expected + "\n", f"expected {expected!r}, got {line!r}"

    def goes(self):
        self.process.stdin.close()
        assert self.process.wait() == 0


def hub_chat(url):
    ann = Guest(url, "ann")
    ann.hears("(in lobby: ann)")
    bob = Guest(url, "bob")
    ann.hears("(bob came)")
    line = bob.process.stdout.readline()
    assert line in ("(in lobby: ann bob)\n", "(in lobby: bob ann)\n"), line
    bob.says("hello ann")
    ann.hears("bob: hello ann")
    ann.says('"quoted", \\ and grüße')
    bob.hears('ann: "quoted", \\ and grüße')
    bob.goes()
    ann.hears("(bob left)")
    ann.goes()
    run(code=2)


def typed_calls(url):
    first, *rest = run(url).splitlines()
    match = re.fullmatch(r"order (\d+): MSFT at 101\.50000000000000000000000001, XETRA, 1709251199 s after 1970", first)
    assert match and int(match[1]) > 2**53, first
    like("\n".join(rest),
         f"order {match[1]}: 100 filled",
         r"refused: the quantity must be 1 to 1000 \(422, Quantity, at most 1000\)",
         r"not what we expected: .*Quantity.*")


def coroutines(url):
    *lines, refused, closed = run(url).splitlines()
    assert refused == "refused: the quantity must be 1 to 1000" and closed == "the connection is closed", lines
    first = int(re.match(r"order (\d+)", lines[0])[1])
    # Whether an order's receipt or its fill comes first is the server's business.
    expected = [f"order {first + n}: {quantity} {what}"
                for n, quantity in enumerate((100, 200)) for what in ("filled", "placed")]
    assert sorted(lines) == expected, lines


def progress(url):
    like(run(url), *[f"step {n} of 5" for n in range(1, 6)], "done", "too slow: .+", "enough: .+")


def telemetry_feed(url):
    like(run(url, "6"),
         r'snapshot CarData \{"Car":44,"Speed":\d+\}',
         r'snapshot Heartbeat \{"Beat":\d+\}',
         r'snapshot Weather \{"AirTemp":"2\d.5"\}',
         *[r"feed (CarData|Heartbeat|Weather) \{.*\}"] * 6,
         "3 topics")


def order_book(url):
    lines = run(url, "BTC-EUR", "8").splitlines()
    numbers = [int(re.match(r"\w+ (\d+)", line)[1]) for line in lines]
    kinds = [line.split()[0] for line in lines]
    # Three changes follow on the snapshot, the fourth is missed, and so the fifth asks for a new snapshot.
    assert kinds == ["snapshot"] + ["change"] * 3 + ["expected", "snapshot"] + ["change"] * 5, "\n".join(lines)
    start, again = numbers[0], numbers[5]
    assert numbers[1:5] == [start + 1, start + 2, start + 3, start + 4], lines
    assert f"got {start + 5}:" in lines[4] and again >= start + 5, lines
    assert numbers[6:] == [again + n for n in range(1, 6)], lines
    assert "no such market" in run(url, "NOWHERE", code=1)


def basic(url):
    for options, transport in [([], "webSockets")] + [(["--transport", name], name) for name in TRANSPORTS]:
        first, *lines = run(*options, url, "TestHub", "2").splitlines()
        assert first == "connected over " + transport
        assert lines and all(re.fullmatch(r'TestHub\.tick \{"n":\d+\}', line) for line in lines), lines
    assert run("--transport", "LONGPOLLING", url, "TestHub", "1").startswith("connected over longPolling\n")
    assert "usage" in run("--transport", "pigeons", url, "TestHub", code=2)


def echo(url):
    assert run(url, "TestHub", "Echo", '{"price":0.10000000000000000001}') == '{"price":0.10000000000000000001}\n'
    assert "refused" in run(url, "TestHub", "Nowhere", "1", code=1)


def doc_hubs_1(url):
    like(run(url), "ann: hello")


def first_lines(url, count):
    """Of a program that goes on until it is stopped."""
    with subprocess.Popen([program, url], stdout=subprocess.PIPE, text=True) as process:
        lines = [process.stdout.readline() for _ in range(count)]
        process.terminate()
    return lines


def doc_readme_1(url):
    assert all(re.fullmatch(r'TestHub\.tick \{"n":\d+\}\n', line) for line in first_lines(url, 3))


def doc_readme_2(url):
    # Whether an order's receipt or its fill comes first is the server's business.
    like("".join(sorted(first_lines(url, 2))), r"\d+: 100 filled", r"\d+: placed at 101\.50000000000000000000000001")


doc_hubs_2 = doc_hubs_3 = doc_hubs_1

with subprocess.Popen([server, "--tick-ms", "10"], stdout=subprocess.PIPE, text=True) as running:
    try:
        globals()[name](running.stdout.readline().strip())
        if name != "hub_chat":
            run(code=2) if not name.startswith("doc_") else None
    finally:
        running.terminate()
