"""Writes the n-th program (a block of C++ with a main) of a guide into a file: program_of_guide.py GUIDE N FILE"""
import re
import sys

guide, n, target = sys.argv[1:]
with open(guide, encoding="utf-8") as text:
    blocks = re.findall(r"^```cpp\n(.*?)^```", text.read(), re.MULTILINE | re.DOTALL)
programs = [block for block in blocks if "int main" in block]
with open(target, "w", encoding="utf-8") as file:
    file.write(f"// From {guide.rsplit('/', 1)[-1]}.\n" + programs[int(n) - 1])
