#!/usr/bin/env python3
"""Checks that the C++ in README.md and docs/*.md compiles: check_guides.py ROOT, or check_guides.py self-test

Blocks with declarations stand in a namespace of their own, others in a function of a class; their #includes come first.
What a fragment takes for granted is in guide_preamble.hpp; one under `<!-- sketch -->` isn't looked at. `…` and `...` that stand for a body or a line are left out.
A result that mustn't be dropped is an error. One translation unit for each standard, syntax and templates alone.
"""
import glob
import os
import re
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDERS = ['include', 'src/inflate/include', 'transports/curl/include', 'transports/default/include',
           'transports/memory/include', 'transports/websocketpp/include', 'tests/conformance/include', 'tests/server',
           'tests/layering']
# Words that begin a block of declarations, at the beginning of a line.
DECLARATIONS = re.compile(r'^(struct|class|enum|namespace|template|TEST_CASE|int main|(constexpr |static )?[\w:]+ \w+\([^\[]*\) \{$)',
                          re.MULTILINE)
OPTIONAL = ['nlohmann/json.hpp']  # blocks that need them are skipped where they are missing


def blocks(text):
    """The line number and text of each block of C++."""
    for match in re.finditer(r'^(<!-- sketch -->\n)?```cpp\n(.*?)^```', text, re.MULTILINE | re.DOTALL):
        if not match[1]:
            yield text.count('\n', 0, match.start(2)) + 1, match[2]


def wrapped(name, line, block, n):
    """The block's #includes, and the block where it can be compiled."""
    block = re.sub(r'\{ (…|\.\.\.) \}', '{}', block)
    block = re.sub(r'^\s*(…|\.\.\.)$', '', block, flags=re.MULTILINE)
    includes = re.findall(r'^#include .*$', block, re.MULTILINE)
    body = re.sub(r'^#include .*$', '', block, flags=re.MULTILINE)  # the line stays, so that numbers fit
    needs = [header for header in OPTIONAL if header.split('/')[0] in block]
    if needs:
        includes = [f'#if __has_include(<{needs[0]}>)', *includes, '#endif']
    code = f'#line {line} "{name}"\n{body}'
    if not DECLARATIONS.search(body):
        code = f'struct Fragment {{ void run() {{\n{code}}} }};\n'
    code = f'namespace guide_{n} {{\nusing namespace guide;\n{code}}}\n'
    if needs:
        code = f'#if __has_include(<{needs[0]}>)\n{code}#endif\n'
    return includes, code


def complaint(root, compiler, standard, guides):
    includes, codes = [], []
    for name, line, block in guides:
        more, code = wrapped(name, line, block, len(codes))
        includes += more
        codes.append(code)
    program = '\n'.join([*includes, '#include "guide_preamble.hpp"', *codes])
    done = subprocess.run([compiler, f'-std={standard}', '-fsyntax-only', '-Werror=unused-result', '-x', 'c++', '-']
                          + [f'-I{root}/{folder}' for folder in FOLDERS], input=program, capture_output=True, text=True)
    return '' if done.returncode == 0 else done.stderr or 'failed'


def split(guides):
    """By standard: coroutines are C++20."""
    twenty = [guide for guide in guides if 'co_await' in guide[2]]
    return [('c++17', [guide for guide in guides if guide not in twenty]), ('c++20', twenty)]


def self_test(root, compiler):
    declared = 'int twice(int x) {\n  return 2 * x;\n}\n'
    fine = [declared, declared, 'conn.send("x");\n', 'if (url.empty()) { … }\n']
    if failed := complaint(root, compiler, 'c++17', [('self-test', 1, block) for block in fine]):
        return failed
    for wrong in ['conn.send(5);\n', 'chat.on("x", [] {});\n', 'void f() {\n  return 1;\n}\n']:
        if 'self-test:' not in complaint(root, compiler, 'c++17', [('self-test', 1, wrong)]):
            return f'accepted: {wrong}'
    return ''


def main():
    compiler = next((name for name in ('g++', 'clang++') if shutil.which(name)), None)
    if not compiler:
        print('neither g++ nor clang++ is installed: nothing is checked')
        return 77  # meson: skipped
    root = os.path.dirname(os.path.dirname(HERE))
    if sys.argv[1] == 'self-test':
        failed = self_test(root, compiler)
    else:
        root = sys.argv[1]
        guides = []
        for path in [f'{root}/README.md', *sorted(glob.glob(f'{root}/docs/*.md'))]:
            with open(path, encoding='utf-8') as text:
                guides += [(os.path.relpath(path, root), *block) for block in blocks(text.read())]
        failed = ''.join(complaint(root, compiler, standard, some) for standard, some in split(guides) if some)
        print(f'{len(guides)} blocks with {compiler}')
    print(failed)
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
