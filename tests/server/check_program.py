"""Checks what the program test-server does with its arguments, and that two runs aren't taken for one: check_program.py SERVER"""
import json
import subprocess
import sys
import urllib.error
import urllib.request

server = sys.argv[1]


def status(url):
    try:
        with urllib.request.urlopen(url) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def first_connection(*arguments):
    """The id of a run's first connection; and hubs are at /signalr alone."""
    with subprocess.Popen([server, *arguments], stdout=subprocess.PIPE, text=True) as running:
        try:
            url = running.stdout.readline().strip()
            for wrong in ["/negotiate", "/signalr/signalr/negotiate", "/wrong/negotiate"]:
                assert status(url + wrong) == 404, wrong
            with urllib.request.urlopen(url + "/signalr/negotiate") as answer:
                return json.load(answer)["ConnectionId"]
        finally:
            running.terminate()


for arguments in [["--port"], ["--port", "65536"], ["--port", "abc"], ["--port", "-1"], ["--port", "80x"],
                  ["--tick-ms", "1s"], ["--keep-alive-ms", ""], ["--refuse", "webSockets,pigeons"], ["--pigeons"]]:
    done = subprocess.run([server, *arguments], capture_output=True, text=True)
    assert done.returncode == 2 and "usage" in done.stderr and done.stdout == "", (arguments, done)
helped = subprocess.run([server, "--help"], capture_output=True, text=True)
assert helped.returncode == 0 and "usage" in helped.stdout and helped.stderr == "", helped
assert first_connection() != first_connection("--refuse", "WEBSOCKETS,longpolling")
