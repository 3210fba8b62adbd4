#!/usr/bin/env python3
"""Installs the build into a prefix of its own, and builds programs against it with pkg-config alone.

check_consumers.py BUILD TEST_SERVER COMPILER...

- client, shared and static: core, websocketpp and curl; connects to the test server.
- tester, shared: core and memory; runs, and `readelf -d` names no network library.
- The installed core needs nothing but the C++ run time.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
NETWORK = re.compile(r'curl|ssl|crypto|asio|websocketpp|nghttp|ldap|gnutls')
CLIENT = ['signalr', 'signalr-websocketpp', 'signalr-curl']


def run(command, **options):
    """The command's output; failures print what was run and what it said."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)
    if done.returncode != 0:
        sys.exit(f'{" ".join(map(str, command))}\nfailed with {done.returncode}:\n{done.stdout}{done.stderr}')
    return done.stdout


def install(build, folder):
    """Where the prefix is, once the .pc files are told that it isn't the one they were made for."""
    run(['meson', 'install', '-C', build, '--no-rebuild', '--destdir', folder])
    pc_files = list(pathlib.Path(folder).rglob('pkgconfig/signalr*.pc'))
    if not pc_files:
        sys.exit('nothing of pkg-config was installed')
    prefix = re.search(r'^prefix=(.*)$', pc_files[0].read_text(), re.MULTILINE).group(1)
    moved = pathlib.Path(folder) / prefix.lstrip('/')
    for pc_file in pc_files:
        pc_file.write_text(pc_file.read_text().replace(f'prefix={prefix}\n', f'prefix={moved}\n'))
    return pc_files[0].parent


def needed(binary):
    return re.findall(r'\(NEEDED\).*\[(.*)\]', run(['readelf', '-d', binary]))


class Consumer:
    def __init__(self, compiler, pkgconfig, folder):
        self.compiler = compiler
        self.folder = pathlib.Path(folder)
        self.libdir = pkgconfig.parent
        self.env = {**os.environ, 'PKG_CONFIG_PATH': str(pkgconfig)}

    def pkg_config(self, modules):
        return run(['pkg-config', '--cflags', '--libs', *modules], env=self.env).split()

    def build(self, source, modules, static=False):
        flags = self.pkg_config(modules)
        if static:  # of our own libraries the archives; what these need, as the system has it
            flags = [f'-l:lib{flag[2:]}.a' if flag.startswith('-lsignalr') else flag for flag in flags]
            flags += self.pkg_config(['libcurl', 'openssl'])
        program = self.folder / (pathlib.Path(source).stem + ('-static' if static else '-shared'))
        run([*self.compiler, '-std=c++17', HERE / source, '-o', program, *flags])
        return program

    def run(self, program, *args):
        env = {**self.env, 'LD_LIBRARY_PATH': str(self.libdir)}
        return run([program, *args], env=env, timeout=60)


def main():
    build, server, *compiler = sys.argv[1:]
    folder = tempfile.mkdtemp(prefix='signalr-consumer-')
    try:
        pkgconfig = install(build, folder)
        consumer = Consumer(compiler, pkgconfig, folder)

        core = [name for name in needed(consumer.libdir / 'libsignalr.so')
                if not re.match(r'lib(stdc\+\+|gcc_s|c|m|c\+\+|c\+\+abi)\.so|ld-linux', name)]
        if core:
            sys.exit(f'the core needs {", ".join(core)}')

        tester = consumer.build('tester.cpp', ['signalr', 'signalr-memory'])
        consumer.run(tester)
        everything = needed(tester) + needed(consumer.libdir / 'libsignalr-memory.so')
        if [name for name in everything if NETWORK.search(name)]:
            sys.exit(f'a tester needs {", ".join(everything)}')

        programs = [consumer.build('client.cpp', CLIENT), consumer.build('client.cpp', CLIENT, static=True)]
        if [name for name in needed(programs[1]) if name.startswith('libsignalr')]:
            sys.exit('the static client needs shared libraries of ours')
        with subprocess.Popen([server], stdout=subprocess.PIPE, text=True) as running:
            try:
                url = running.stdout.readline().strip()
                for program in programs:
                    consumer.run(program, url)
            finally:
                running.terminate()
        print('tester, client and static client were built and run')
    finally:
        shutil.rmtree(folder)


if __name__ == '__main__':
    main()
