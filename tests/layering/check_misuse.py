#!/usr/bin/env python3
"""Checks that what must not compile doesn't, and that the compiler says why: check_misuse.py ROOT

Each case is compiled twice: as it may be written, and with the mistake in it.
"""
import concurrent.futures
import os
import shutil
import subprocess
import sys

COMPILERS = ['g++', 'clang++']
OWNERS = 'only handlers may take views'
CLIENTS = 'dial takes Clients that live on, and nothing but Clients'
CLIENT = '#include <signalr/client.hpp>\n#include <string>\n#include <string_view>\n'

PLAIN = 'struct Told { int x = 0; }; SIGNALR_JSON(Told, x);\nstruct Untold { int x = 0; };\n'

# (standard, program with $ for the type, a type that is right, the mistake, what the compiler must say)
CASES = [
    ('c++17', CLIENT + 'auto f(signalr::Invocation& call) { return call.get<$>(); }',
     'std::string', 'std::string_view', OWNERS),
    ('c++17', CLIENT + 'auto f(signalr::Invocation& call) { return call.get<$>(); }',
     'signalr::RawJson', 'signalr::RawJsonView', OWNERS),
    ('c++17', CLIENT + 'void f(signalr::Invocation& call, $& text) { call.unmarshal(text); }',
     'std::string', 'std::string_view', OWNERS),
    ('c++17', CLIENT + 'void f(signalr::Invocation& call) { call.then<$>([](signalr::Result<$>) {}); }',
     'std::string', 'std::string_view', OWNERS),
    ('c++17', CLIENT + 'void f(signalr::CallbackStream& stream, $& text) { stream.read(text); }',
     'std::string', 'std::string_view', OWNERS),
    ('c++17', CLIENT + 'auto f(const signalr::RawJson& json) { return signalr::decode_json<$>(json); }',
     'std::vector<std::string>', 'std::vector<std::string_view>', 'deleted'),
    ('c++17', CLIENT + 'auto f() { return signalr::decode_json<$>(signalr::RawJson()); }',
     'std::string', 'std::string_view', 'deleted'),
    ('c++17', CLIENT + PLAIN + 'auto f(signalr::Invocation& call) { return call.get<$>(); }',
     'std::vector<Told>', 'std::vector<Untold>', 'SIGNALR_JSON'),
    ('c++17', CLIENT + PLAIN + 'auto f(signalr::Client& hub) { return hub.invoke("Add", $()); }',
     'std::vector<Told>', 'std::vector<Untold>', 'SIGNALR_JSON'),
] + [
    ('c++17', CLIENT + 'auto f(signalr::Client& a, const signalr::Client& fixed, std::string name) {\n'
     '  return signalr::dial("http://a", $, signalr::DialOptions());\n}\nauto use = f;',
     right, mistake, CLIENTS)
    for right, mistake in [('{a}', '{fixed}'), ('{a, a}', '{a, signalr::Client("temporary")}'), ('a', '{a, name}'),
                           ('signalr::Hubs{a}', '{signalr::Client("temporary")}'),
                           ('signalr::Hubs{{"a"}}', '{"a", a}')]
] + [
    ('c++20', '#include <signalr/coroutine.hpp>\n' + CLIENT +
     'auto f(signalr::Invocation& call) { return signalr::co::get<$>(call).await_resume(); }',
     'std::string', 'std::string_view', OWNERS),
    ('c++20', '#include <signalr/coroutine.hpp>\n' + CLIENT +
     'auto f(signalr::CallbackStream& stream) { return signalr::co::read<$>(stream).await_resume(); }',
     'std::string', 'std::string_view', OWNERS),
]


def compile(root, compiler, standard, program):
    return subprocess.run([compiler, f'-std={standard}', '-fsyntax-only', '-x', 'c++', f'-I{root}/include', '-'],
                          input=program, capture_output=True, text=True)


def complaint(root, compiler, case):
    standard, program, right, mistake, reason = case
    fine = compile(root, compiler, standard, program.replace('$', right))
    if fine.returncode != 0:
        return f'{compiler}: this should compile:\n{program.replace("$", right)}\n{fine.stderr}'
    wrong = compile(root, compiler, standard, program.replace('$', mistake))
    if wrong.returncode == 0 or reason not in wrong.stderr:
        return f'{compiler}: this should not compile, because "{reason}":\n{program.replace("$", mistake)}\n{wrong.stderr}'
    return None


def main():
    compilers = [compiler for compiler in COMPILERS if shutil.which(compiler)]
    if not compilers:
        print('neither g++ nor clang++ is installed: nothing is checked')
        return 77  # meson: skipped
    jobs = [(compiler, case) for compiler in compilers for case in CASES]
    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        complaints = [text for text in pool.map(lambda job: complaint(sys.argv[1], *job), jobs) if text]
    for text in complaints:
        print(text)
    print(f'{len(jobs)} cases with {", ".join(compilers)}, {len(complaints)} failed')
    return 1 if complaints else 0


if __name__ == '__main__':
    sys.exit(main())
