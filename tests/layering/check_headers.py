#!/usr/bin/env python3
"""Checks that every public header compiles alone, and with nothing but what its own module promises.

check_headers.py ROOT       each header as C++17 and C++20 with g++ and clang++, as far as they are installed; one that
                            needs C++20 says so in one error to those who compile as C++17
check_headers.py self-test  runs the check over made-up headers
"""
import concurrent.futures
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

WARNINGS = ['-Wall', '-Wextra', '-Wpedantic', '-Wshadow', '-Wconversion', '-Werror']
STANDARDS = ['c++17', 'c++20']
COMPILERS = ['g++', 'clang++']

# A module's headers, and the folders it may look into.
CORE = 'include'
ADAPTERS = ['transports/memory/include', 'transports/curl/include', 'transports/websocketpp/include']
INFLATE = 'src/inflate/include'
DEFAULT = 'transports/default/include'
MODULES = [(CORE, [CORE])] + [(folder, [folder, CORE]) for folder in [INFLATE] + ADAPTERS] + [
    (DEFAULT, [DEFAULT, CORE] + ADAPTERS)]


# Headers for users of a later standard than C++17, and what they must say to others.
LATER = {'signalr/coroutine.hpp': 'needs coroutines: compile with -std=c++20'}

# Headers for users of another library: left out where that isn't installed.
OPT_IN = {'signalr/nlohmann_json.hpp': 'nlohmann/json.hpp'}


def available(compiler, header):
    probe = f'#if !__has_include(<{header}>)\n#error\n#endif\n'
    return subprocess.run([compiler, '-fsyntax-only', '-x', 'c++', '-'], input=probe, capture_output=True,
                          text=True).returncode == 0


def headers(root):
    """Each header with the folders for it, as (path, name to include, include folders)."""
    for module, folders in MODULES:
        base = root / module
        for path in sorted(base.rglob('*.hpp')):
            yield path, path.relative_to(base).as_posix(), [root / folder for folder in folders]


def complaint(compiler, standard, header):
    path, name, folders = header
    command = [compiler, f'-std={standard}', '-fsyntax-only', '-x', 'c++', *WARNINGS, '-DASIO_STANDALONE',
               *(f'-I{folder}' for folder in folders), '-']
    # Twice: the second proves the include guard.
    source = f'#include <{name}>\n#include <{name}>\n'
    run = subprocess.run(command, input=source, capture_output=True, text=True)
    if standard == 'c++17' and name in LATER:
        errors = [line for line in run.stderr.splitlines() if 'error:' in line]
        if errors and all(LATER[name] in line for line in errors):
            return None
        return f'{path} does not say that it needs a later standard ({compiler}):\n{run.stderr or "no error"}'
    if run.returncode == 0:
        return None
    return f'{path} does not compile alone ({compiler}, {standard}):\n{run.stderr}'


def check(root, compilers):
    missing = {name for name, needed in OPT_IN.items()
               if not all(available(compiler, needed) for compiler in compilers)}
    jobs = [(compiler, standard, header)
            for compiler in compilers for standard in STANDARDS for header in headers(root)
            if header[1] not in missing]
    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        complaints = [text for text in pool.map(lambda job: complaint(*job), jobs) if text]
    return len(jobs), complaints


def self_test(compilers):
    files = {
        'include/signalr/good.hpp': '#pragma once\n#include <string>\nnamespace x { using T = std::string; }\n',
        'include/signalr/needs_string.hpp': '#pragma once\nnamespace x { inline std::string text; }\n',
        'include/signalr/unguarded.hpp': 'namespace x { struct Twice {}; }\n',
        'transports/curl/include/signalr/curl/reaches_over.hpp':
            '#pragma once\n#include <signalr/memory/there.hpp>\n',
        'transports/memory/include/signalr/memory/there.hpp': '#pragma once\n',
        'include/signalr/coroutine.hpp': '#pragma once\n',
    }
    bad = {'needs_string', 'unguarded', 'reaches_over'}
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = pathlib.Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        _, complaints = check(pathlib.Path(folder), compilers)
    blamed = [pathlib.Path(text.split(' ')[0]).stem for text in complaints]
    expected = sorted((list(bad) * len(STANDARDS) + ['coroutine']) * len(compilers))
    if sorted(blamed) != expected:
        print(f'blamed {sorted(blamed)}, expected {expected}')
        return 1
    return 0


def main():
    compilers = [compiler for compiler in COMPILERS if shutil.which(compiler)]
    if not compilers:
        print('neither g++ nor clang++ is installed: nothing is checked')
        return 77  # meson: skipped
    if sys.argv[1:] == ['self-test']:
        return self_test(compilers)
    count, complaints = check(pathlib.Path(sys.argv[1]), compilers)
    for text in complaints:
        print(text)
    print(f'{count} compilations with {", ".join(compilers)}, {len(complaints)} failed')
    return 1 if complaints or count == 0 else 0


if __name__ == '__main__':
    sys.exit(main())
