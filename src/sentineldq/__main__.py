"""The `sentinel` command; `python -m sentineldq` is the same."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line and exit with its code: 0 good, 1 checks failed, 2 usage, 3 could not run."""
    if sys.argv[1:] in (["--version"], ["-V"]):  # answered before anything heavy is imported
        from sentineldq.version import __version__

        sys.stdout.write(f"sentinel {__version__}\n")
        return
    from sentineldq.cli.app import run

    code = run()
    try:
        sys.stdout.flush()
    except BrokenPipeError:  # the reader (`| head`) has gone; Python would complain once more at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(code)


if __name__ == "__main__":
    main()
