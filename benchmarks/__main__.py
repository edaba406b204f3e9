"""Every measurement, one after the other: `python -m benchmarks`. Ends with 1 if one of them could not be made."""

import subprocess
import sys
from pathlib import Path


def main() -> int:
    benches = sorted(Path(__file__).parent.glob("bench_*.py"))
    codes = [subprocess.run([sys.executable, str(bench)], check=False).returncode for bench in benches]
    return int(any(codes))


if __name__ == "__main__":
    sys.exit(main())
