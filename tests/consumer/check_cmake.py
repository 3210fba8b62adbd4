#!/usr/bin/env python3
"""Installs the build into a prefix of its own, and builds and runs CMakeLists.txt of this folder with what CMake finds there.

check_cmake.py BUILD TEST_SERVER COMPILER...

Once with the shared libraries, once with the static ones, both without LD_LIBRARY_PATH. What isn't installed is told.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from check_consumers import HERE, install, needed, run


class Project:
    def __init__(self, prefix, version, compiler, folder):
        self.env = {name: value for name, value in os.environ.items() if name not in ('LD_LIBRARY_PATH', 'CXXFLAGS')}
        self.folder = pathlib.Path(folder)
        *launcher, program = compiler
        self.settings = [f'-DCMAKE_PREFIX_PATH={prefix}', f'-DVERSION={version}', f'-DCMAKE_CXX_COMPILER={program}',
                         f'-DCMAKE_CXX_COMPILER_LAUNCHER={";".join(launcher)}']

    def configure(self, kind):
        command = ['cmake', '-S', HERE, '-B', self.folder / kind, f'-DSTATIC={kind == "static"}', *self.settings]
        return subprocess.run(command, capture_output=True, text=True, env=self.env)

    def check(self, kind, url):
        done = self.configure(kind)
        if done.returncode != 0:
            sys.exit(f'{kind}:\n{done.stdout}{done.stderr}')
        run(['cmake', '--build', self.folder / kind, '--parallel', '2'], env=self.env)
        programs = {'client': [url], 'default-client': [url], 'fetcher': [], 'tester': [], 'inflater': []}
        built = [name for name in programs if (self.folder / kind / name).exists()]
        for name in built:
            program = self.folder / kind / name
            run([program, *programs[name]], env=self.env, timeout=60)
            ours = [library for library in needed(program) if library.startswith('libsignalr')]
            if bool(ours) != (kind == 'shared'):
                sys.exit(f'{name}, {kind}, needs {", ".join(ours) or "no library"} of ours')
        print(f'{", ".join(built)} were built and run, {kind}')


def main():
    if shutil.which('cmake') is None:
        print('cmake is not installed: nothing is checked')
        return 77  # meson: skipped
    build, server, *compiler = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix='signalr-cmake-') as folder:
        pkgconfig = install(build, folder)
        libdir = pkgconfig.parent
        prefix = next(parent for parent in libdir.parents if (parent / 'include/signalr').is_dir())
        version = re.search(r'^Version: (.*)$', (pkgconfig / 'signalr.pc').read_text(), re.MULTILINE)[1]
        project = Project(prefix, version, compiler, folder)
        with subprocess.Popen([server], stdout=subprocess.PIPE, text=True) as running:
            try:
                url = running.stdout.readline().strip()
                for kind in ('shared', 'static'):
                    project.check(kind, url)
            finally:
                running.terminate()

        for file in libdir.glob('libsignalr-curl.*'):
            file.unlink()
        done = project.configure('incomplete')
        told = ' '.join(done.stderr.split())
        if done.returncode == 0 or 'no default: it needs curl, and' not in told or 'is not installed' not in told:
            sys.exit(f'a missing library is not told:\n{done.stdout}{done.stderr}')
    return 0


if __name__ == '__main__':
    sys.exit(main())
