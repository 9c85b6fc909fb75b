"""What the tree itself must keep: import contracts, purity, true documents, clean words, locks in step.

These read the repository; none of them starts the desk.
"""
