"""The proof: mirrors the tree of `src/frontdesk`, plus services, architecture, contract, e2e and torture."""
