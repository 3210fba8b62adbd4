#!/usr/bin/env python3
"""Installs the build into a prefix of its own, and builds programs against it with pkg-config alone.

check_consumers.py BUILD TEST_SERVER COMPILER...

- client: core, websocketpp and curl; once by these names and once as `signalr-default`. Connects to the test server.
- tester: core and memory; runs, and `readelf -d` names no network library.
- inflater: likewise core and inflate, where zlib is installed.
- cmake-client: the client as the README's lines for CMake over pkg-config build it, where CMake is installed.
- The installed core needs nothing but the C++ run time.

The prefix is none that the loader knows, and LD_LIBRARY_PATH isn't set: each program finds the libraries that it was
linked with by its own run path, and these find one another.

pkg-config finds the modules of what adapters link, and none of what only building the library takes: RapidJSON's isn't
there. The programs link what the build made, shared libraries where there are any; a build with
-Ddefault_library=static is what proves the static ones. (The archives of a build with both would take `pkg-config
--static`, whose list for libcurl names libraries that Debian doesn't install with it.)
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

CMAKE_PROJECT = '''
cmake_minimum_required(VERSION 3.16)
project(app CXX)
set(CMAKE_CXX_STANDARD 17)
find_package(PkgConfig REQUIRED)
pkg_check_modules(SIGNALR REQUIRED IMPORTED_TARGET signalr-default)
add_executable(app "{source}")
target_link_libraries(app PRIVATE PkgConfig::SIGNALR)
'''

HERE = pathlib.Path(__file__).resolve().parent
NETWORK = re.compile(r'curl|ssl|crypto|asio|websocketpp|nghttp|ldap|gnutls')
CLIENTS = {'client': ['signalr', 'signalr-websocketpp', 'signalr-curl'], 'default-client': ['signalr-default']}
FOREIGN = ['libcurl', 'libssl', 'libcrypto', 'openssl']


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


def pkg_config_folder(folder, modules):
    """A folder of pkg-config with these modules of the system's, and no others."""
    made = pathlib.Path(folder) / 'system-pkgconfig'
    made.mkdir()
    for module in modules:
        shutil.copy(pathlib.Path(run(['pkg-config', '--variable=pcfiledir', module]).strip()) / f'{module}.pc', made)
    return made


def needed(binary):
    return re.findall(r'\(NEEDED\).*\[(.*)\]', run(['readelf', '-d', binary]))


class Consumer:
    def __init__(self, compiler, pkgconfig, folder):
        self.compiler = compiler
        self.folder = pathlib.Path(folder)
        self.libdir = pkgconfig.parent
        self.shared = (self.libdir / 'libsignalr.so').exists()
        self.env = {name: value for name, value in os.environ.items()
                    if name not in ('PKG_CONFIG_PATH', 'LD_LIBRARY_PATH')}
        self.has_inflate = (pkgconfig / 'signalr-inflate.pc').exists()
        system = pkg_config_folder(folder, FOREIGN + ['zlib'] * self.has_inflate)
        self.env['PKG_CONFIG_LIBDIR'] = f'{pkgconfig}:{system}'

    def build(self, name, source, modules):
        flags = run(['pkg-config', '--cflags', '--libs', *modules], env=self.env).split()
        program = self.folder / name
        # As some distributions' compilers do: a program then names what it uses, and not what that needs in turn.
        run_path = ['-Wl,--as-needed', f'-Wl,-rpath,{self.libdir}'] if self.shared else []
        run([*self.compiler, '-std=c++17', HERE / source, '-o', program, *run_path, *flags])
        ours = [library for library in needed(program) if library.startswith('libsignalr')]
        if bool(ours) != self.shared:
            sys.exit(f'{name} needs {", ".join(ours) or "no library"} of ours')
        return program

    def build_with_cmake(self, source):
        project = self.folder / 'cmake-client'
        project.mkdir()
        (project / 'CMakeLists.txt').write_text(CMAKE_PROJECT.replace('{source}', str(HERE / source)))
        run(['cmake', '-S', project, '-B', project / 'build'], env={**self.env, 'CXX': ' '.join(self.compiler)})
        run(['cmake', '--build', project / 'build'], env=self.env)
        return project / 'build' / 'app'

    def run(self, program, *args):
        return run([program, *args], env=self.env, timeout=60)


def main():
    build, server, *compiler = sys.argv[1:]
    folder = tempfile.mkdtemp(prefix='signalr-consumer-')
    try:
        pkgconfig = install(build, folder)
        consumer = Consumer(compiler, pkgconfig, folder)

        tester = consumer.build('tester', 'tester.cpp', ['signalr', 'signalr-memory'])
        consumer.run(tester)
        everything = needed(tester)
        if consumer.shared:
            core = [name for name in needed(consumer.libdir / 'libsignalr.so')
                    if not re.match(r'lib(stdc\+\+|gcc_s|c|m|c\+\+|c\+\+abi)\.so|ld-linux', name)]
            if core:
                sys.exit(f'the core needs {", ".join(core)}')
            everything += needed(consumer.libdir / 'libsignalr-memory.so')
        if consumer.has_inflate:
            inflater = consumer.build('inflater', 'inflater.cpp', ['signalr-inflate'])
            consumer.run(inflater)
            everything += needed(inflater)
        if [name for name in everything if NETWORK.search(name)]:
            sys.exit(f'programs without a network need {", ".join(everything)}')

        programs = {name: consumer.build(name, 'client.cpp', modules) for name, modules in CLIENTS.items()}
        if shutil.which('cmake') and consumer.shared:
            programs['cmake-client'] = consumer.build_with_cmake('client.cpp')
        with subprocess.Popen([server], stdout=subprocess.PIPE, text=True) as running:
            try:
                url = running.stdout.readline().strip()
                for program in programs.values():
                    consumer.run(program, url)
            finally:
                running.terminate()
        print(f'{", ".join(["tester", *["inflater"] * consumer.has_inflate, *programs])} were built and run, {"shared" if consumer.shared else "static"}')
    finally:
        shutil.rmtree(folder)


if __name__ == '__main__':
    main()
