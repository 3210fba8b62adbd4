#!/usr/bin/env python3
"""Checks which folder includes what: the core knows no network library, src/protocol is pure, src/ knows no adapter.

check_includes.py ROOT       prints each violation, and fails if there is one
check_includes.py self-test  runs the rules over a made-up tree that breaks each of them
"""
import pathlib
import re
import sys
import tempfile

INCLUDE = re.compile(r'^[ \t]*#[ \t]*(?:include|import)[ \t]*[<"]([^>"]+)[>"]', re.MULTILINE)
SOURCES = {'.hpp', '.h', '.cpp', '.ipp'}

NETWORK = re.compile(r'(asio|boost|curl|openssl|websocketpp|sys/socket|sys/epoll|poll|netdb|netinet|arpa)(/|\.h|$)')
ADAPTERS = re.compile(r'(.*/)?(transports/|signalr/(curl|websocketpp|memory|server)/|signalr/default_transport)')
IMPURE = re.compile(
    r'(thread|mutex|shared_mutex|condition_variable|future|atomic|ctime|time\.h|pthread\.h|unistd\.h)$'
    r'|(.*/)?session/|signalr/(conn|http_client|websocket|operation|dial_options)\.hpp$')
# <signalr/executor.hpp> is fine for its Duration and TimePoint, which are data; asking a clock for the time and
# scheduling work aren't.
IMPURE_USE = re.compile(r'\b(steady_clock|system_clock|high_resolution_clock|Clock)\s*::\s*now\b'
                        r'|\bthis_thread\b|\bExecutor\b')

# folder, what its files must not include, why
RULES = [
    ('include', NETWORK, 'public headers of the core include no network library'),
    ('include', ADAPTERS, 'the core knows no adapter'),
    ('src', NETWORK, 'the core includes no network library'),
    ('src', ADAPTERS, 'the core knows no adapter'),
    ('src/protocol', IMPURE, 'src/protocol is pure: no thread, clock, lock or session'),
]


def files_of(folder):
    return sorted(path for path in folder.rglob('*') if path.suffix in SOURCES) if folder.is_dir() else []


def without_comments(text):
    return re.sub(r'//[^\n]*|/\*.*?\*/', '', text, flags=re.DOTALL)


def violations(root):
    found = []
    for folder, forbidden, why in RULES:
        for path in files_of(root / folder):
            for included in INCLUDE.findall(path.read_text()):
                if forbidden.match(included):
                    found.append(f'{path.relative_to(root)} includes <{included}>: {why}')
    for path in files_of(root / 'src/protocol'):
        for use in IMPURE_USE.finditer(without_comments(path.read_text())):
            found.append(f'{path.relative_to(root)} uses {use.group(0)}: src/protocol is pure')
    return found


GOOD = {
    'include/signalr/a.hpp': '#include <chrono>\n#include <signalr/export.hpp>\n',
    'src/protocol/a.hpp': '#include <signalr/executor.hpp>\nsignalr::Duration retry_after();\n',
    'src/protocol/b.cpp':
        '#include "protocol/b.hpp"  // not session/b.hpp\n// a comment on Clock::now\n#include <atomics>\n',
    'src/session/c.cpp': '#include <mutex>\n#include "session/c.hpp"\n#include <signalr/executor.hpp>\n',
    'src/pollution.cpp': '#include <signalr/curly.hpp>\n',
    'transports/curl/src/d.cpp': '#include <curl/curl.h>\n',
}
BAD = {
    'include/signalr/a.hpp': '#include <asio/io_context.hpp>\n',
    'include/signalr/b.hpp': '#include <signalr/curl/http_client.hpp>\n',
    'src/c.cpp': '  #  include "openssl/ssl.h"\n',
    'src/session/d.cpp': '#include <sys/socket.h>\n',
    'src/session/e.cpp': '#include "../../transports/memory/include/signalr/memory/network.hpp"\n',
    'src/protocol/f.cpp': '#include <thread>\n',
    'src/protocol/g.hpp': '#include "session/session.hpp"\n',
    'src/protocol/h.hpp': 'auto t = std::chrono::steady_clock::now();\n',
    'src/protocol/i.cpp': '#include <curl/curl.h>\n',
    'src/protocol/j.cpp': '#include <signalr/executor.hpp>\nvoid f(signalr::Executor& executor);\n',
}


def write_tree(root, files):
    for name, text in files.items():
        path = pathlib.Path(root) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return pathlib.Path(root)


def self_test():
    with tempfile.TemporaryDirectory() as good, tempfile.TemporaryDirectory() as bad:
        wrongly_found = violations(write_tree(good, GOOD))
        blamed = {message.split(' ')[0] for message in violations(write_tree(bad, BAD))}
    missed = sorted(set(BAD) - blamed)
    for message in wrongly_found:
        print('found in the good tree:', message)
    for name in missed:
        print('missed in the bad tree:', name)
    return 1 if wrongly_found or missed else 0


def main():
    if sys.argv[1:] == ['self-test']:
        return self_test()
    root = pathlib.Path(sys.argv[1])
    if not files_of(root / 'src/protocol') or not files_of(root / 'include'):
        print(f'{root} is no checkout of this project: it has no src/protocol or include')
        return 1
    found = violations(root)
    print('\n'.join(found) if found else 'every include is where it may be')
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main())
