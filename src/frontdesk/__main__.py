"""`python -m frontdesk` is the `frontdesk` command. Nothing else belongs here."""

from frontdesk.cli import main

if __name__ == "__main__":
    main()
