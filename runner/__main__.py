"""``python -m runner`` is the ``stedi`` command, also where the path of the environment holds what no script can."""

from runner.cli import main

main()
